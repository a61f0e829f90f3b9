/** Topology spread constraints: how many pods of a kind each domain has, and which nodes count. */
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.js';
import { matchLabelSelector } from '../api/selectors/labels.ts';
import { isTerminating } from '../controllers/shared/pods.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';
import { withLabelKeys } from './affinity-terms.ts';
import type { Cluster, NodeInfo } from './cluster.ts';
import { matchesNodeAffinity, untoleratedTaint } from './filters/node.ts';

export interface SpreadCount {
  constraint: TopologySpreadConstraint;
  /** Matching pods in each domain, by the value of the topology key. */
  podsByDomain: Map<string, number>;
  /** 1 when the pod itself matches the selector, so that it would add to the count of its domain. */
  self: 0 | 1;
}

/**
 * Counts for each of the pod's constraints with this `whenUnsatisfiable`. A node counts as part of a domain when it has
 * the topology keys of all of them and is one that the policies let count.
 */
export function countSpread(
  pod: StoredPod,
  constraints: TopologySpreadConstraint[],
  { nodes }: Cluster,
  { allKeys = true }: { allKeys?: boolean } = {},
): SpreadCount[] {
  const hasKeys = ({ labels }: NodeInfo): boolean =>
    constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);
  return constraints.map((constraint) => {
    const matches = selects(pod, constraint);
    const podsByDomain = new Map<string, number>();
    for (const node of nodes) {
      const domain = node.labels[constraint.topologyKey];
      if (domain === undefined || (allKeys && !hasKeys(node)) || !counts(pod, constraint, node)) continue;
      podsByDomain.set(domain, (podsByDomain.get(domain) ?? 0) + node.pods.filter(matches).length);
    }
    return { constraint, podsByDomain, self: matches(pod) ? 1 : 0 };
  });
}

/**
 * nodeTaintsPolicy is Ignore by default: a node that the pod cannot go to for its taints is an empty domain nevertheless,
 * and may make all others look too full.
 */
function counts(pod: StoredPod, constraint: TopologySpreadConstraint, node: NodeInfo): boolean {
  if (constraint.nodeAffinityPolicy !== 'Ignore' && !matchesNodeAffinity(pod, node)) return false;
  return constraint.nodeTaintsPolicy !== 'Honor' || !untoleratedTaint(pod, node);
}

function selects(pod: StoredPod, constraint: TopologySpreadConstraint): (other: StoredPod) => boolean {
  const matches = matchLabelSelector(withLabelKeys(constraint.labelSelector, pod, constraint.matchLabelKeys));
  const { namespace } = pod.metadata;
  return (other) => other.metadata.namespace === namespace && !isTerminating(other) && matches(other.metadata.labels);
}
