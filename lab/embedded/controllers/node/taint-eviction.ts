/**
 * Taint eviction: removes pods from nodes with a NoExecute taint, at once or when their tolerationSeconds are over.
 * A pod on a node without power stays Terminating until the node is back, is removed, or is said to be out of service.
 */
import type { ApiClient } from '../../api/client.ts';
import { recordEvent } from '../events.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { withCondition } from '../shared/conditions.ts';
import { isTerminating } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { toleratedSeconds } from '../shared/tolerations.ts';
import { updateStatus } from '../shared/write.ts';

const COMPONENT = 'taint-eviction-controller';

export function taintEvictionController(client: ApiClient): Controller {
  /** When each pod that is to go was first seen on a node with such a taint; by uid, in milliseconds, monotonic. */
  const since = new Map<string, number>();
  return {
    name: 'taint-eviction',
    watches: [
      watch('pods', (pod) => [keyOf(pod)]),
      watch('nodes', (node) =>
        client.list('pods', { fieldSelector: `spec.nodeName=${node.metadata.name}` }).map(keyOf),
      ),
    ],
    reconcile(key) {
      const pod = client.find('pods', ...splitKey(key));
      if (!pod) return undefined;
      const { uid } = pod.metadata;
      const seconds = isTerminating(pod) ? Infinity : secondsAllowed(client, pod);
      if (seconds === Infinity) {
        if (since.delete(uid) && !isTerminating(pod)) announce(client, pod, `Cancelling deletion of Pod ${key}`);
        return undefined;
      }
      since.set(uid, since.get(uid) ?? performance.now());
      const remaining = seconds - (performance.now() - since.get(uid)!) / 1000;
      if (remaining > 0) return remaining;
      since.delete(uid);
      evict(client, pod);
      return undefined;
    },
  };
}

function secondsAllowed(client: ApiClient, pod: StoredPod): number {
  const node = pod.spec?.nodeName ? client.find('nodes', undefined, pod.spec.nodeName) : undefined;
  const taints = (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
  return toleratedSeconds(taints, pod.spec?.tolerations);
}

function evict(client: ApiClient, pod: StoredPod): void {
  const { namespace, name, uid } = pod.metadata;
  announce(client, pod, `Marking for deletion Pod ${namespace}/${name}`);
  const conditions = withCondition(pod.status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  });
  updateStatus(client, 'pods', pod, { ...pod.status, conditions });
  client.delete('pods', namespace, name, { preconditions: { uid } });
}

function announce(client: ApiClient, pod: StoredPod, message: string): void {
  recordEvent(client, pod, 'Normal', 'TaintManagerEviction', message, COMPONENT);
}
