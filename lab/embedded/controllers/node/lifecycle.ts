/**
 * Node lifecycle: notices that a node has fallen silent, and tells everybody.
 *
 * A kubelet renews its node's Lease. When neither the Lease nor the node's status was renewed for
 * nodeMonitorGracePeriodSeconds, the node's conditions become Unknown; its taints keep new pods away and, with
 * NoExecute, let taint eviction move the others; its pods are marked not ready, so that Services stop sending to them.
 */
import type { Node, NodeCondition } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { timestamp } from '../../api/metadata.ts';
import type { Stored } from '../../api/types.ts';
import type { Timing } from '../../settings.ts';
import { recordEvent } from '../events.ts';
import { watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { findCondition, isTrue, withCondition } from '../shared/conditions.ts';
import { isReady } from '../shared/pods.ts';
import { updateStatus } from '../shared/write.ts';
import { withConditionTaints } from './taints.ts';

const COMPONENT = 'node-controller';
const LEASE_NAMESPACE = 'kube-node-lease';
const MONITORED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

type StoredNode = Stored<Node>;

/** What was last heard of a node. The time is this process's own and monotonic: clocks need not agree. */
interface Health {
  node: StoredNode;
  heartbeat: string;
  heardAtMs: number;
}

export function nodeLifecycleController(client: ApiClient, timing: Timing): Controller {
  const heard = new Map<string, Health>();
  return {
    name: 'node-lifecycle',
    watches: [
      watch('nodes', (node) => [node.metadata.name]),
      watch('leases', ({ metadata }) => (metadata.namespace === LEASE_NAMESPACE ? [metadata.name] : [])),
      // A pod that comes to a silent node is as unready as the others there.
      watch('pods', (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : [])),
    ],
    reconcile(name) {
      const node = client.find('nodes', undefined, name);
      if (!node) {
        const last = heard.get(name)?.node;
        if (last) announce(client, last, 'RemovingNode', `Removing Node ${name} from Controller`);
        heard.delete(name);
        return undefined;
      }
      if (!heard.has(name)) announce(client, node, 'RegisteredNode', `Registered Node ${name} in Controller`);
      const silentSeconds = listen(client, node, heard);
      const silent = silentSeconds >= timing.nodeMonitorGracePeriodSeconds;
      const judged = silent ? markUnknown(client, node) : node;
      const tainted = taint(client, judged);
      if (!isTrue(tainted.status?.conditions, 'Ready')) markPodsNotReady(client, tainted);
      return timing.nodeMonitorPeriodSeconds;
    },
  };
}

/** Seconds since the node's Lease or status last changed, as seen from here. */
function listen(client: ApiClient, node: StoredNode, heard: Map<string, Health>): number {
  const { name } = node.metadata;
  const lease = client.find('leases', LEASE_NAMESPACE, name);
  const ready = findCondition(node.status?.conditions, 'Ready');
  const heartbeat = JSON.stringify([lease?.spec?.renewTime, ready?.lastHeartbeatTime, node.metadata.uid]);
  const before = heard.get(name);
  if (before?.heartbeat === heartbeat) return (performance.now() - before.heardAtMs) / 1000;
  heard.set(name, { node, heartbeat, heardAtMs: performance.now() });
  return 0;
}

function markUnknown(client: ApiClient, node: StoredNode): StoredNode {
  const before = node.status?.conditions ?? [];
  let conditions: NodeCondition[] = before;
  for (const type of MONITORED) {
    const condition = findCondition(before, type);
    if (condition?.status !== 'Unknown') conditions = withCondition(conditions, unknownCondition(type, condition));
  }
  if (conditions === before) return node;
  if (isTrue(before, 'Ready')) announce(client, node, 'NodeNotReady', undefined);
  return updateStatus(client, 'nodes', node, { ...node.status, conditions });
}

function unknownCondition(type: string, before: NodeCondition | undefined): NodeCondition {
  return before
    ? {
        ...before,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }
    : {
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: timestamp(),
      };
}

/** Keeps the taints that follow from the node's conditions as they should be. */
function taint(client: ApiClient, node: StoredNode): StoredNode {
  // When every node has fallen silent, the trouble is more likely on this side: nothing is evicted anywhere.
  const nodes = client.list('nodes');
  const evict = nodes.some((other) => isTrue(other.status?.conditions, 'Ready'));
  const before = node.spec?.taints ?? [];
  const taints = withConditionTaints(node, { evict });
  if (JSON.stringify(before) === JSON.stringify(taints)) return node;
  const { name } = node.metadata;
  return client.patch('nodes', undefined, name, { type: 'merge', body: { spec: { taints } } });
}

function markPodsNotReady(client: ApiClient, node: StoredNode): void {
  const pods = client.list('pods', { fieldSelector: `spec.nodeName=${node.metadata.name}` });
  for (const pod of pods.filter(isReady)) {
    const ready = findCondition(pod.status?.conditions, 'Ready')!;
    const conditions = withCondition(pod.status?.conditions, { ...ready, status: 'False' });
    updateStatus(client, 'pods', pod, { ...pod.status, conditions });
    recordEvent(client, pod, 'Warning', 'NodeNotReady', 'Node is not ready', COMPONENT);
  }
}

function announce(client: ApiClient, node: StoredNode, reason: string, event: string | undefined): void {
  const { name } = node.metadata;
  const message = event === undefined ? `Node ${name} status is now: ${reason}` : `Node ${name} event: ${event}`;
  recordEvent(client, node, 'Normal', reason, message, COMPONENT);
}
