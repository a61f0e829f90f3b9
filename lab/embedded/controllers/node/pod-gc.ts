/** Pod garbage collection: removes pods that no kubelet will ever finish, and old finished ones when there are many. */
import type { Node } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import { watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { isTrue, withCondition } from '../shared/conditions.ts';
import { isFinished, isTerminating } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { soonest } from '../shared/time.ts';
import { updateStatus } from '../shared/write.ts';

export interface PodGcOptions {
  /** How many finished pods are kept; kube-controller-manager's --terminated-pod-gc-threshold. */
  terminatedThreshold?: number;
  /** How long a node must be missing before its pods are given up: it may only be registering anew. */
  quarantineSeconds?: number;
}

export function podGcController(
  client: ApiClient,
  { terminatedThreshold = 12_500, quarantineSeconds = 40 }: PodGcOptions = {},
): Controller {
  /** When each node that pods name was first missed, in milliseconds, monotonic. */
  const missingSince = new Map<string, number>();

  /** Seconds until the pods of a missing node may go; undefined for a node that is there. */
  function secondsToWait(nodeName: string): number | undefined {
    if (client.find('nodes', undefined, nodeName)) {
      missingSince.delete(nodeName);
      return undefined;
    }
    missingSince.set(nodeName, missingSince.get(nodeName) ?? performance.now());
    return quarantineSeconds - (performance.now() - missingSince.get(nodeName)!) / 1000;
  }

  return {
    name: 'pod-garbage-collector',
    // One key for all: what is looked at is the whole list.
    watches: [watch('pods', () => ['pods']), watch('nodes', () => ['pods'])],
    reconcile() {
      const pods = client.list('pods');
      const waits = pods.map((pod) => {
        const wait = pod.spec?.nodeName ? secondsToWait(pod.spec.nodeName) : undefined;
        if (wait !== undefined && wait <= 0) remove(client, pod, 'PodGC: node no longer exists');
        return wait !== undefined && wait > 0 ? wait : undefined;
      });
      for (const pod of pods.filter(isTerminating)) {
        const node = pod.spec?.nodeName ? client.find('nodes', undefined, pod.spec.nodeName) : undefined;
        if (!pod.spec?.nodeName) remove(client, pod);
        else if (node && isOutOfService(node)) remove(client, pod, 'PodGC: node is out of service');
      }
      const finished = pods.filter((pod) => isFinished(pod) && !isTerminating(pod)).sort(byAge);
      for (const pod of finished.slice(0, Math.max(0, finished.length - terminatedThreshold))) remove(client, pod);
      return soonest(...waits);
    },
  };
}

function byAge(a: StoredPod, b: StoredPod): number {
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
}

/** Said by a person with a taint: only a person knows that the machine is off and nothing of it runs any more. */
function isOutOfService(node: Stored<Node>): boolean {
  const declared = (node.spec?.taints ?? []).some((taint) => taint.key === 'node.kubernetes.io/out-of-service');
  return declared && !isTrue(node.status?.conditions, 'Ready');
}

/** Without asking a kubelet. `disruption` says why a pod goes that had not finished. */
function remove(client: ApiClient, pod: StoredPod, disruption?: string): void {
  const { namespace, name, uid } = pod.metadata;
  if (!client.find('pods', namespace, name)) return;
  if (disruption !== undefined && !isFinished(pod)) {
    const conditions = withCondition(pod.status?.conditions, {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: disruption,
    });
    updateStatus(client, 'pods', pod, { ...pod.status, phase: 'Failed', conditions });
  }
  client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
}
