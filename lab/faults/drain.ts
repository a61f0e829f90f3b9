/** Empties a worker in good order, as `kubectl drain` does, and takes it into service again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { ClusterError } from '../cluster/rest.ts';
import { chooseWorker, describeNodeSelection } from './choose.ts';
import { type Fault, type FaultContext, openFault } from './fault.ts';
import type { NodeSelection } from './schemas.ts';

const BUDGET_RETRY_MS = 500;

export const drain: Fault<NodeSelection> = {
  kind: 'drain',
  describe: describeNodeSelection,
  async plan(selection, context) {
    const node = (await chooseWorker(selection, context)).metadata.name;
    return {
      target: node,
      inject: async () => {
        await setUnschedulable(context.cluster, node, true);
        const pods = await evictablePods(context.cluster, node);
        await Promise.all(pods.map((pod) => evict(context, pod)));
      },
      evidence: async () => {
        const left = await evictablePods(context.cluster, node);
        return left.length === 0 ? `node ${node} is cordoned and empty` : undefined;
      },
      heal: () => setUnschedulable(context.cluster, node, false),
    };
  },
};

export const uncordon: Fault<{ cordoned: true }> = {
  kind: 'uncordon',
  describe: () => 'the cordoned node',
  async plan(_options, { cluster, earlier }) {
    const repairs = openFault('drain', earlier);
    const node = repairs.target;
    return {
      target: node,
      repairs,
      inject: () => setUnschedulable(cluster, node, false),
      evidence: async () => {
        const now = await cluster.get({ apiVersion: 'v1', kind: 'Node', name: node });
        return now.spec?.unschedulable === true ? undefined : `node ${node} takes pods again`;
      },
      heal: null,
    };
  },
};

async function setUnschedulable(cluster: Cluster, node: string, unschedulable: boolean): Promise<void> {
  await cluster.patch(
    { apiVersion: 'v1', kind: 'Node', name: node },
    { spec: { unschedulable: unschedulable || null } },
  );
}

/** All but the pods of DaemonSets and static ones, which belong to the node, and those that have ended. */
async function evictablePods(cluster: Cluster, node: string): Promise<KubeObject[]> {
  const pods = await cluster.list('v1', 'Pod', { fieldSelector: `spec.nodeName=${node}` });
  return pods.filter(
    (pod) =>
      pod.metadata.ownerReferences?.some((owner) => owner.kind === 'DaemonSet' || owner.kind === 'Node') !== true &&
      pod.status?.phase !== 'Succeeded' &&
      pod.status?.phase !== 'Failed',
  );
}

/** Tries again while a disruption budget forbids it, until the run is aborted. */
async function evict({ cluster, signal }: FaultContext, pod: KubeObject): Promise<void> {
  for (;;) {
    try {
      await cluster.evict(pod.metadata.namespace!, pod.metadata.name);
      return;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.code === 404) return;
      if (error.code !== 429) throw error;
    }
    await delay(BUDGET_RETRY_MS, undefined, { signal });
  }
}
