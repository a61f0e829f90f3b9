/** What a score is: it says how well each of the nodes that remain would suit a pod. */
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { Cluster, NodeInfo } from '../cluster.ts';

export const MAX_SCORE = 100;

export interface Score {
  /** Name of the plugin of kube-scheduler that does the same. */
  name: string;
  /** kube-scheduler's default weight. */
  weight: number;
  /** From 0 (worst) to MAX_SCORE for each of `nodes`, in their order. */
  rate(pod: StoredPod, nodes: NodeInfo[], cluster: Cluster): number[];
}

/** Values stretched so that the largest becomes MAX_SCORE; `reverse` when the smallest is the best. */
export function normalize(values: number[], { reverse = false } = {}): number[] {
  const largest = Math.max(...values);
  if (largest === 0) return values.map(() => (reverse ? MAX_SCORE : 0));
  const scaled = values.map((value) => (value * MAX_SCORE) / largest);
  return reverse ? scaled.map((value) => MAX_SCORE - value) : scaled;
}
