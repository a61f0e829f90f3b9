/** Sizing a deployment's replica sets, and spreading a change of its scale over those that a rollout has left active. */
import type { ApiClient } from '../../api/client.ts';
import { recordEvent } from '../events.ts';
import { allOf, boundsOf, DESIRED_REPLICAS, desiredReplicas, MAX_REPLICAS } from './replica-sets.ts';
import { oldestFirst, sizeOf, totalSize } from './replica-sets.ts';
import type { Rollout, StoredDeployment, StoredReplicaSet } from './replica-sets.ts';
import { sizeAnnotations } from './revisions.ts';

export const COMPONENT = 'deployment-controller';

/** Asks for `replicas` pods of one replica set. Whether that is a change. */
export function resize(
  client: ApiClient,
  deployment: StoredDeployment,
  replicaSet: StoredReplicaSet,
  replicas: number,
): boolean {
  const before = sizeOf(replicaSet);
  const { namespace, name } = replicaSet.metadata;
  const body = { metadata: { annotations: sizeAnnotations(deployment) }, spec: { replicas } };
  client.patch('replicasets', namespace, name, { type: 'merge', body });
  if (replicas === before) return false;
  announce(client, deployment, replicaSet, before, replicas);
  return true;
}

/** The event that kubectl describe shows for each step of a rollout. */
export function announce(
  client: ApiClient,
  deployment: StoredDeployment,
  replicaSet: StoredReplicaSet,
  from: number,
  to: number,
): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${from} to ${to}`;
  recordEvent(client, deployment, 'Normal', 'ScalingReplicaSet', message, COMPONENT);
}

/** Whether spec.replicas of the deployment changed since its replica sets were last sized. */
export function isScaleChanged(rollout: Rollout): boolean {
  return active(allOf(rollout)).some((replicaSet) => {
    const noted = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
    return noted !== undefined && Number(noted) !== desiredReplicas(rollout.deployment);
  });
}

/**
 * Brings the replica sets to the deployment's scale without moving the rollout on: all of it to the only active one, or,
 * in the middle of a rollout, to each its proportion, so that the risk stays spread as it was.
 */
export function applyScale(client: ApiClient, rollout: Rollout): void {
  const { deployment, current, old } = rollout;
  const desired = desiredReplicas(deployment);
  const activeOnes = active(allOf(rollout));
  if (activeOnes.length <= 1) {
    const only = activeOnes[0] ?? current ?? old.at(-1);
    if (only) resize(client, deployment, only, desired);
  } else if (current && isSaturated(current, desired)) {
    for (const replicaSet of active(old)) resize(client, deployment, replicaSet, 0);
  } else {
    scaleProportionally(client, deployment, activeOnes);
  }
}

function active(replicaSets: StoredReplicaSet[]): StoredReplicaSet[] {
  return replicaSets.filter((replicaSet) => sizeOf(replicaSet) > 0);
}

function isSaturated(replicaSet: StoredReplicaSet, desired: number): boolean {
  const noted = Number(replicaSet.metadata.annotations?.[DESIRED_REPLICAS]);
  return sizeOf(replicaSet) === desired && noted === desired && replicaSet.status?.availableReplicas === desired;
}

function scaleProportionally(client: ApiClient, deployment: StoredDeployment, replicaSets: StoredReplicaSet[]): void {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + boundsOf(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(replicaSets);
  // Of two of one size the newer one grows first, and the older one shrinks first.
  const sorted = [...replicaSets].sort(
    (a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? oldestFirst(b, a) : oldestFirst(a, b)),
  );
  const sizes = sorted.map(sizeOf);
  let added = 0;
  sorted.forEach((replicaSet, index) => {
    const share = proportionOf(replicaSet, deployment, toAdd - added);
    sizes[index]! += share;
    added += share;
  });
  // What rounding left over goes to the largest.
  if (sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  sorted.forEach((replicaSet, index) => void resize(client, deployment, replicaSet, sizes[index]!));
}

/** How many pods a replica set gains (or loses, below 0) when all of them together may gain `remaining`. */
function proportionOf(replicaSet: StoredReplicaSet, deployment: StoredDeployment, remaining: number): number {
  const size = sizeOf(replicaSet);
  if (remaining === 0 || size === 0) return 0;
  const desired = desiredReplicas(deployment);
  if (desired === 0) return -size;
  const before = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS]) || deployment.status?.replicas;
  if (!before) return 0;
  const share = Math.round((size * (desired + boundsOf(deployment).maxSurge)) / before) - size;
  return remaining > 0 ? Math.min(share, remaining) : Math.max(share, remaining);
}
