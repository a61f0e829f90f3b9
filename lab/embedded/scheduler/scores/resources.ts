/** Preferences about what is left on a node. */
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { NodeInfo } from '../cluster.ts';
import { podRequests } from '../resources.ts';
import { MAX_SCORE } from './score.ts';
import type { Score } from './score.ts';

/** What a pod is taken to need that asks for nothing (k8s.io/kubernetes/pkg/scheduler/util DefaultMilliCPURequest). */
const ASSUMED = { cpu: 100, memory: 200 * 1024 * 1024 } as const;

type ResourceName = keyof typeof ASSUMED;
const NAMES: readonly ResourceName[] = ['cpu', 'memory'];

export const leastAllocated: Score = {
  name: 'NodeResourcesFit',
  weight: 1,
  rate: (pod, nodes) =>
    nodes.map((node) => {
      const free = NAMES.map((name) => Math.max(0, 1 - allocatedShare(node, [...node.pods, pod], name)));
      return (MAX_SCORE * free.reduce((sum, share) => sum + share, 0)) / free.length;
    }),
};

/** How much nearer to each other, or farther apart, the pod would bring the used shares of CPU and memory. */
export const balancedAllocation: Score = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  rate: (pod, nodes) =>
    nodes.map((node) => {
      const change = balance(node, [...node.pods, pod]) - balance(node, node.pods);
      return MAX_SCORE / 2 + (MAX_SCORE / 2 + change) / 2;
    }),
};

/** MAX_SCORE when both shares are the same: 1 minus their standard deviation, which of two is half their distance. */
function balance(node: NodeInfo, pods: StoredPod[]): number {
  const [cpu, memory] = NAMES.map((name) => Math.min(1, allocatedShare(node, pods, name)));
  return MAX_SCORE * (1 - Math.abs(cpu! - memory!) / 2);
}

function allocatedShare({ allocatable }: NodeInfo, pods: StoredPod[], name: ResourceName): number {
  const total = allocatable.get(name) ?? 0;
  if (total === 0) return 1;
  return pods.reduce((sum, pod) => sum + (podRequests(pod.spec!).get(name) || ASSUMED[name]), 0) / total;
}
