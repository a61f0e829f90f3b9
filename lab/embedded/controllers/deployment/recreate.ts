/** Strategy Recreate: every old pod is gone before the first new one is made. */
import type { ApiClient } from '../../api/client.ts';
import { isControlledBy } from '../shared/owners.ts';
import { isFinished } from '../shared/pods.ts';
import { desiredReplicas } from './replica-sets.ts';
import type { Rollout } from './replica-sets.ts';
import { pruneHistory } from './revisions.ts';
import { resize } from './scale.ts';
import { isComplete, startRevision } from './status.ts';

/** One step; what the replica sets then report, or the end of the last old pod, leads to the next. */
export function recreate(client: ApiClient, rollout: Rollout): void {
  const { deployment, old } = rollout;
  for (const replicaSet of old) resize(client, deployment, replicaSet, 0);
  if (hasOldPods(client, rollout)) return;
  const current = rollout.current ?? startRevision(client, rollout, desiredReplicas(deployment));
  if (!current) return;
  resize(client, deployment, current, desiredReplicas(deployment));
  if (isComplete(deployment, deployment.status)) pruneHistory(client, rollout);
}

function hasOldPods(client: ApiClient, { deployment, old }: Rollout): boolean {
  const pods = client.list('pods', { namespace: deployment.metadata.namespace });
  return old.some((replicaSet) => pods.some((pod) => isControlledBy(pod, replicaSet) && !isFinished(pod)));
}
