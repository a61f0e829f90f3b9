/** All scores, and the choice that follows from them. */
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { Cluster, NodeInfo } from '../cluster.ts';
import { interPodAffinityPreference } from './inter-pod-affinity.ts';
import { nodeAffinityPreference, taintPreference } from './node.ts';
import { spreadPreference } from './pod-topology-spread.ts';
import { balancedAllocation, leastAllocated } from './resources.ts';
import type { Score } from './score.ts';

const SCORES: readonly Score[] = [
  taintPreference,
  nodeAffinityPreference,
  spreadPreference,
  interPodAffinityPreference,
  leastAllocated,
  balancedAllocation,
];

/** The node with the highest weighted sum; among equals, any of them. `nodes` must not be empty. */
export function bestNode(pod: StoredPod, nodes: NodeInfo[], cluster: Cluster): NodeInfo {
  const totals = nodes.map(() => 0);
  for (const score of SCORES) {
    // Whole numbers, as in kube-scheduler: a difference that is not worth a point is none.
    score.rate(pod, nodes, cluster).forEach((points, index) => (totals[index]! += score.weight * Math.floor(points)));
  }
  const highest = Math.max(...totals);
  const best = nodes.filter((_, index) => totals[index] === highest);
  return best[Math.floor(Math.random() * best.length)]!;
}
