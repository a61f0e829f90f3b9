/** Revisions of a deployment: one replica set for each template it has had. */
import type { ReplicaSet } from 'kubernetes-types/apps/v1.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { isReason } from '../../api/errors.ts';
import { equal } from '../../api/values.ts';
import { claimOwned, controllerReference, isControlledBy } from '../shared/owners.ts';
import { templateHash } from '../shared/template-hash.ts';
import { updateStatus } from '../shared/write.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, REVISION, REVISION_HISTORY } from './replica-sets.ts';
import { boundsOf, desiredReplicas, oldestFirst, revisionOf, sizeOf } from './replica-sets.ts';
import type { Rollout, StoredDeployment, StoredReplicaSet } from './replica-sets.ts';

const TEMPLATE_HASH = 'pod-template-hash';

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** The deployment's replica sets as they are. Going back to an earlier template makes its replica set current again. */
export function findRollout(client: ApiClient, deployment: StoredDeployment): Rollout {
  const all = claimOwned(client, 'replicasets', deployment, deployment.spec!.selector).sort(oldestFirst);
  const current = all.find((replicaSet) => sameTemplate(replicaSet.spec!.template!, deployment.spec!.template));
  return { deployment, current, old: all.filter((replicaSet) => replicaSet !== current) };
}

/** Gives the current replica set the highest revision, and the deployment the same. Returns what is stored then. */
export function numberRevision(client: ApiClient, { deployment, current, old }: Rollout): Rollout {
  if (!current) return { deployment, current, old };
  const { minReadySeconds = 0 } = deployment.spec!;
  const { namespace, name } = current.metadata;
  const body = {
    metadata: { annotations: revisedAnnotations(deployment, current, nextRevision(old)) },
    spec: { minReadySeconds },
  };
  const revised = client.patch('replicasets', namespace, name, { type: 'merge', body });
  return {
    deployment: noteRevision(client, deployment, revised.metadata.annotations![REVISION]!),
    current: revised,
    old,
  };
}

/** Written with the status, as a change of the annotations themselves would count as a new generation. */
function noteRevision(client: ApiClient, deployment: StoredDeployment, revision: string): StoredDeployment {
  const { namespace, name } = deployment.metadata;
  const body = { metadata: { annotations: { [REVISION]: revision } } };
  return client.patch('deployments', namespace, name, { type: 'merge', body }, { subresource: 'status' });
}

/**
 * Creates the replica set for the deployment's template with `replicas` pods.
 * Undefined when its name is taken by somebody else's: the deployment's collisionCount then makes the next one differ.
 */
export function createReplicaSet(
  client: ApiClient,
  { deployment, old }: Rollout,
  replicas: number,
): StoredReplicaSet | undefined {
  const replicaSet = newReplicaSet(deployment, nextRevision(old), replicas);
  try {
    return client.create('replicasets', replicaSet);
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
    const holder = client.get('replicasets', deployment.metadata.namespace, replicaSet.metadata!.name!);
    if (isControlledBy(holder, deployment) && sameTemplate(holder.spec!.template!, deployment.spec!.template)) {
      return holder;
    }
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    updateStatus(client, 'deployments', deployment, { ...deployment.status, collisionCount });
    return undefined;
  }
}

function newReplicaSet(deployment: StoredDeployment, revision: number, replicas: number): ReplicaSet {
  const { template, selector, minReadySeconds = 0 } = deployment.spec!;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    metadata: {
      namespace: deployment.metadata.namespace!,
      name: `${deployment.metadata.name}-${hash}`,
      labels,
      annotations: {
        ...copiedAnnotations(deployment),
        ...sizeAnnotations(deployment),
        [REVISION]: String(revision),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** Deletes the oldest empty replica sets beyond spec.revisionHistoryLimit. */
export function pruneHistory(client: ApiClient, { deployment, old }: Rollout): void {
  const excess = old.length - (deployment.spec!.revisionHistoryLimit ?? 10);
  const byRevision = [...old].sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const replicaSet of byRevision.slice(0, Math.max(0, excess))) {
    const { namespace, name, generation, deletionTimestamp } = replicaSet.metadata;
    const { replicas = 0, observedGeneration } = replicaSet.status ?? {};
    const settled = sizeOf(replicaSet) === 0 && replicas === 0 && observedGeneration === generation;
    if (settled && deletionTimestamp === undefined) client.delete('replicasets', namespace, name);
  }
}

/** What the replica set notes of the deployment's scale. */
export function sizeAnnotations(deployment: StoredDeployment): Record<string, string> {
  const desired = desiredReplicas(deployment);
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + boundsOf(deployment).maxSurge) };
}

function revisedAnnotations(
  deployment: StoredDeployment,
  replicaSet: StoredReplicaSet,
  next: number,
): Record<string, string> {
  const before = replicaSet.metadata.annotations ?? {};
  const annotations = copiedAnnotations(deployment);
  const revision = revisionOf(replicaSet);
  if (revision >= next) return annotations;
  // A revision that was given before means that the deployment was rolled back to this template.
  const history = [before[REVISION_HISTORY], before[REVISION]].filter((entry) => entry !== undefined).join(',');
  return { ...annotations, [REVISION]: String(next), ...(history !== '' && { [REVISION_HISTORY]: history }) };
}

function copiedAnnotations(deployment: StoredDeployment): Record<string, string> {
  const entries = Object.entries(deployment.metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => !NOT_COPIED.has(key)));
}

function nextRevision(old: StoredReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
