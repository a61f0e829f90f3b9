/**
 * Strategy RollingUpdate: the new replica set grows and the old ones shrink in turns, so that there are never more than
 * replicas + maxSurge pods and never fewer than replicas - maxUnavailable available ones.
 */
import type { ApiClient } from '../../api/client.ts';
import { allOf, availableOf, boundsOf, desiredReplicas } from './replica-sets.ts';
import { sizeOf, totalPods, totalSize } from './replica-sets.ts';
import type { Rollout, StoredReplicaSet } from './replica-sets.ts';
import { pruneHistory } from './revisions.ts';
import { resize } from './scale.ts';
import { isComplete, startRevision } from './status.ts';

/** One step; what the replica sets then report leads to the next. */
export function rollingUpdate(client: ApiClient, rollout: Rollout): void {
  const { deployment } = rollout;
  const current = rollout.current ?? startRevision(client, rollout, grownSize(rollout, 0));
  if (!current) return;
  const started = { ...rollout, current };
  if (resize(client, deployment, current, grownSize(started, sizeOf(current)))) return;
  if (shrinkOld(client, started)) return;
  if (isComplete(deployment, deployment.status)) pruneHistory(client, started);
}

/** The size of the current replica set after this step. */
function grownSize(rollout: Rollout, size: number): number {
  const desired = desiredReplicas(rollout.deployment);
  const room = desired + boundsOf(rollout.deployment).maxSurge - totalPods(allOf(rollout));
  return size > desired ? desired : size + Math.max(0, Math.min(room, desired - size));
}

/** Whether any old replica set was made smaller. */
function shrinkOld(client: ApiClient, rollout: Rollout): boolean {
  const { deployment, current, old } = rollout;
  const minAvailable = desiredReplicas(deployment) - boundsOf(deployment).maxUnavailable;
  // New pods that are not available yet may never be: nothing is given up in expectation of them.
  const pending = sizeOf(current!) - availableOf(current!);
  let spare = Math.max(0, totalSize(allOf(rollout)) - minAvailable - pending);
  const sizes = new Map(old.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]));
  const shrink = (replicaSet: StoredReplicaSet, most: number): void => {
    const taken = Math.min(spare, most);
    spare -= taken;
    sizes.set(replicaSet, sizes.get(replicaSet)! - taken);
  };
  // Unhealthy pods go first: they serve nobody, and the rollout might wait for them for ever.
  for (const replicaSet of old) shrink(replicaSet, sizeOf(replicaSet) - availableOf(replicaSet));
  // What is spare after that is spare among the available ones.
  for (const replicaSet of old) shrink(replicaSet, sizes.get(replicaSet)!);
  let shrunk = false;
  for (const [replicaSet, size] of sizes) shrunk = resize(client, deployment, replicaSet, size) || shrunk;
  return shrunk;
}
