/** One scheduling decision: pure, but for the coin that is tossed between equals. */
import type { StoredPod } from '../controllers/shared/pods.ts';
import type { Cluster, NodeInfo } from './cluster.ts';
import { Unschedulable } from './filters/filter.ts';
import type { ClusterEvent, Rejection } from './filters/filter.ts';
import { FILTERS } from './filters/index.ts';
import { bestNode } from './scores/index.ts';

export type Decision = Placement | Failure;

interface Placement {
  node: NodeInfo;
}

interface Failure {
  node?: never;
  /** As kube-scheduler words it: `0/3 nodes are available: ...`. */
  message: string;
  /** What might make a difference. */
  wakesOn: Set<ClusterEvent>;
}

export function decide(pod: StoredPod, cluster: Cluster): Decision {
  const total = cluster.nodes.length;
  if (total === 0) return { message: 'no nodes available to schedule pods', wakesOn: new Set(['node-changed']) };
  try {
    const { fitting, rejections, wakesOn } = filterNodes(pod, cluster);
    if (fitting.length > 0) return { node: fitting.length === 1 ? fitting[0]! : bestNode(pod, fitting, cluster) };
    return { message: failureMessage(total, rejections), wakesOn };
  } catch (error) {
    if (!(error instanceof Unschedulable)) throw error;
    const rejections = cluster.nodes.map(() => ({ reasons: [], final: true }));
    const message = `0/${total} nodes are available: ${error.message}. ${preemptionMessage(total, rejections)}`;
    return { message, wakesOn: new Set(['node-changed', 'volume-changed']) };
  }
}

interface Filtered {
  fitting: NodeInfo[];
  rejections: Rejection[];
  wakesOn: Set<ClusterEvent>;
}

function filterNodes(pod: StoredPod, cluster: Cluster): Filtered {
  const checks = FILTERS.map((filter) => ({ check: filter.prepare(pod, cluster), wakesOn: filter.wakesOn }));
  const filtered: Filtered = { fitting: [], rejections: [], wakesOn: new Set() };
  for (const node of cluster.nodes) {
    const rejection = checks
      .values()
      .map(({ check, wakesOn }) => ({ rejected: check(node), wakesOn }))
      .find(({ rejected }) => rejected);
    if (!rejection) {
      filtered.fitting.push(node);
      continue;
    }
    filtered.rejections.push(rejection.rejected!);
    for (const event of rejection.wakesOn) filtered.wakesOn.add(event);
  }
  return filtered;
}

function failureMessage(total: number, rejections: Rejection[]): string {
  const reasons = histogram(rejections.flatMap(({ reasons }) => reasons));
  return `0/${total} nodes are available: ${reasons}. ${preemptionMessage(total, rejections)}`;
}

/** Pods are never evicted for more important ones here: there are no priority classes to make them so. */
function preemptionMessage(total: number, rejections: Rejection[]): string {
  const reasons = rejections.map(({ final }) =>
    final ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  return `preemption: 0/${total} nodes are available: ${histogram(reasons)}.`;
}

/** `1 reason, 2 other reason`: each with the number of nodes that gave it. */
function histogram(reasons: string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
