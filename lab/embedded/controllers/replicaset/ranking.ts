/**
 * Which pods of a replica set to give up first when it shrinks.
 * Order: ActivePodsWithRanks in k8s.io/kubernetes/pkg/controller/controller_utils.go, with ages compared by magnitude
 * (log2 of seconds) so that pods of about the same age are chosen at random rather than all the newest of one node.
 */
import { findCondition } from '../shared/conditions.ts';
import { isReady } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { secondsSince } from '../shared/time.ts';

const PHASE_RANK: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** One criterion: the pod with the smaller value goes first. */
type Criterion = (pod: StoredPod) => number;

/**
 * The `count` pods to delete. `related` are the active pods that share the load with them (those of all replica sets
 * of one deployment): a node where many of them are ready can do without one.
 */
export function podsToDelete(pods: StoredPod[], related: StoredPod[], count: number): StoredPod[] {
  const readyOnNode = new Map<string | undefined, number>();
  for (const pod of related.filter(isReady)) {
    const node = pod.spec?.nodeName;
    readyOnNode.set(node, (readyOnNode.get(node) ?? 0) + 1);
  }
  const criteria: Criterion[] = [
    (pod) => (pod.spec?.nodeName ? 1 : 0),
    (pod) => PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0,
    (pod) => (isReady(pod) ? 1 : 0),
    (pod) => Number(pod.metadata.annotations?.[DELETION_COST] ?? 0),
    (pod) => -(readyOnNode.get(pod.spec?.nodeName) ?? 0),
    readyAge,
    (pod) => -restarts(pod),
    (pod) => magnitude(secondsSince(pod.metadata.creationTimestamp)),
  ];
  return [...pods].sort((a, b) => compare(a, b, criteria)).slice(0, count);
}

function compare(a: StoredPod, b: StoredPod, criteria: Criterion[]): number {
  for (const criterion of criteria) {
    const difference = criterion(a) - criterion(b);
    if (difference !== 0) return difference;
  }
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}

function readyAge(pod: StoredPod): number {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? magnitude(secondsSince(ready.lastTransitionTime)) : 0;
}

function magnitude(seconds: number): number {
  return Number.isFinite(seconds) ? Math.floor(Math.log2(Math.max(1, seconds))) : Number.MAX_SAFE_INTEGER;
}

function restarts(pod: StoredPod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}
