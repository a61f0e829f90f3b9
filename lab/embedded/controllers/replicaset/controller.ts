/** ReplicaSet: as many pods as asked for. */
import type { ReplicaSet, ReplicaSetStatus } from 'kubernetes-types/apps/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { matchLabelSelector } from '../../api/selectors/labels.ts';
import type { Stored } from '../../api/types.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { withCondition, withoutCondition } from '../shared/conditions.ts';
import { claimOwned, controllerOf, isControlledBy, ownerKeys } from '../shared/owners.ts';
import { createPod, deletePod, podFromTemplate } from '../shared/pod-control.ts';
import { isActive, isAvailable, isFinished, isReady, isTerminating, nextAvailable } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { updateStatus } from '../shared/write.ts';
import { podsToDelete } from './ranking.ts';

const COMPONENT = 'replicaset-controller';

type StoredReplicaSet = Stored<ReplicaSet>;

export function replicaSetController(client: ApiClient): Controller {
  return {
    name: 'replicaset',
    watches: [
      watch('replicasets', (replicaSet) => [keyOf(replicaSet)]),
      watch('pods', (pod) => ownerKeys(client, pod, 'ReplicaSet', 'replicasets')),
    ],
    reconcile(key) {
      const replicaSet = client.find('replicasets', ...splitKey(key));
      if (!replicaSet) return undefined;
      const failure = replicaSet.metadata.deletionTimestamp === undefined ? scale(client, replicaSet) : undefined;
      const pods = claimOwned(client, 'pods', replicaSet, replicaSet.spec!.selector);
      // Before the status: a pod that becomes available in between would be waited for by nobody.
      const wait = nextAvailable(pods.filter(isActive), replicaSet.spec!.minReadySeconds);
      updateStatus(client, 'replicasets', replicaSet, statusOf(replicaSet, pods, failure));
      if (failure) throw failure;
      return wait;
    },
  };
}

/** Creates what is missing, or deletes what is too much. Returns the error that stopped it. */
function scale(client: ApiClient, replicaSet: StoredReplicaSet): Error | undefined {
  const { replicas = 1, selector, template } = replicaSet.spec!;
  const pods = claimOwned(client, 'pods', replicaSet, selector).filter(isActive);
  try {
    // The first refusal ends the round: the others would be refused for the same reason.
    for (let missing = replicas - pods.length; missing > 0; missing--) {
      createPod(client, replicaSet, podFromTemplate(replicaSet, template!), COMPONENT);
    }
    for (const pod of podsToDelete(pods, relatedPods(client, replicaSet), Math.max(0, pods.length - replicas))) {
      deletePod(client, replicaSet, pod, COMPONENT);
    }
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** The active pods of all replica sets that have the same controller. */
function relatedPods(client: ApiClient, replicaSet: StoredReplicaSet): StoredPod[] {
  const { namespace } = replicaSet.metadata;
  const owner = controllerOf(replicaSet)?.uid;
  const siblings =
    owner === undefined
      ? [replicaSet]
      : client.list('replicasets', { namespace }).filter((other) => controllerOf(other)?.uid === owner);
  const pods = client.list('pods', { namespace }).filter(isActive);
  return pods.filter((pod) => siblings.some((sibling) => isControlledBy(pod, sibling)));
}

function statusOf(replicaSet: StoredReplicaSet, pods: StoredPod[], failure: Error | undefined): ReplicaSetStatus {
  const { template, minReadySeconds } = replicaSet.spec!;
  const active = pods.filter(isActive);
  const hasTemplateLabels = matchLabelSelector({ matchLabels: template?.metadata?.labels ?? {} });
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => hasTemplateLabels(pod.metadata.labels)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds)).length,
    terminatingReplicas: pods.filter((pod) => isTerminating(pod) && !isFinished(pod)).length,
    observedGeneration: replicaSet.metadata.generation!,
    conditions: failureConditions(replicaSet, active.length, failure),
  };
  return status;
}

function failureConditions(
  replicaSet: StoredReplicaSet,
  active: number,
  failure: Error | undefined,
): NonNullable<ReplicaSetStatus['conditions']> {
  const { conditions } = replicaSet.status ?? {};
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  const reason = active < (replicaSet.spec!.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
  return withCondition(conditions, { type: 'ReplicaFailure', status: 'True', reason, message: failure.message });
}
