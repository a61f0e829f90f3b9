/** Deployment: replaces the pods of one revision by those of the next. */
import type { ApiClient } from '../../api/client.ts';
import type { KubeObject } from '../../api/types.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { controllerOf, ownerKeys } from '../shared/owners.ts';
import { recreate } from './recreate.ts';
import { findRollout, numberRevision, pruneHistory } from './revisions.ts';
import { rollingUpdate } from './rolling-update.ts';
import { applyScale, isScaleChanged } from './scale.ts';
import { notePause, reportStatus } from './status.ts';

export function deploymentController(client: ApiClient): Controller {
  const deploymentKeys = (replicaSet: KubeObject): Iterable<string> =>
    ownerKeys(client, replicaSet, 'Deployment', 'deployments');
  return {
    name: 'deployment',
    watches: [
      watch('deployments', (deployment) => [keyOf(deployment)]),
      watch('replicasets', deploymentKeys),
      // Recreate waits until the last old pod is gone.
      watch('pods', (pod) => {
        const owner = controllerOf(pod);
        if (owner?.kind !== 'ReplicaSet') return [];
        const replicaSet = client.find('replicasets', pod.metadata.namespace, owner.name);
        return replicaSet ? deploymentKeys(replicaSet) : [];
      }),
    ],
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const found = client.find('deployments', namespace, name);
      if (!found) return undefined;
      if (found.metadata.deletionTimestamp !== undefined) {
        return reportStatus(client, findRollout(client, found), false);
      }
      notePause(client, found);
      const rolling = step(client, namespace, name);
      return reportStatus(client, findRollout(client, client.get('deployments', namespace, name)), rolling);
    },
  };
}

/** Takes one step. Whether it was one of a rollout, rather than a change of scale. */
function step(client: ApiClient, namespace: string, name: string): boolean {
  const rollout = numberRevision(client, findRollout(client, client.get('deployments', namespace, name)));
  const { paused, strategy } = rollout.deployment.spec!;
  if (paused || isScaleChanged(rollout)) {
    applyScale(client, rollout);
    if (paused) pruneHistory(client, rollout);
    return false;
  }
  if (strategy?.type === 'Recreate') recreate(client, rollout);
  else rollingUpdate(client, rollout);
  return true;
}
