/** PodDisruptionBudget status: how many of the selected pods may be evicted now. Evictions themselves are the API's. */
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { ApiClient } from '../api/client.ts';
import { matchLabelSelector } from '../api/selectors/labels.ts';
import type { Stored } from '../api/types.ts';
import { recordEvent } from './events.ts';
import { keyOf, splitKey, watch } from './runtime.ts';
import type { Controller } from './runtime.ts';
import { withCondition } from './shared/conditions.ts';
import { resolveIntOrPercent } from './shared/int-or-percent.ts';
import { controllerOf } from './shared/owners.ts';
import { isActive, isReady } from './shared/pods.ts';
import type { StoredPod } from './shared/pods.ts';
import { secondsSince, soonest } from './shared/time.ts';
import { updateStatus } from './shared/write.ts';

const COMPONENT = 'controllermanager';
/** An eviction that was granted, but did not lead to the pod's deletion within this time, is given back. */
const DISRUPTION_TIMEOUT_SECONDS = 120;

type StoredBudget = Stored<PodDisruptionBudget>;

export function disruptionController(client: ApiClient): Controller {
  const budgetKeys = (pod: StoredPod): string[] =>
    client.list('poddisruptionbudgets', { namespace: pod.metadata.namespace }).filter(selects(pod)).map(keyOf);
  return {
    name: 'disruption',
    watches: [
      watch('poddisruptionbudgets', (budget) => [keyOf(budget)]),
      watch('pods', budgetKeys),
      // Their spec.replicas are what percentages and maxUnavailable are reckoned from.
      ...(['deployments', 'replicasets', 'statefulsets'] as const).map((plural) =>
        watch(plural, ({ metadata }) =>
          client.list('poddisruptionbudgets', { namespace: metadata.namespace }).map(keyOf),
        ),
      ),
    ],
    reconcile(key) {
      const budget = client.find('poddisruptionbudgets', ...splitKey(key));
      if (!budget || budget.metadata.deletionTimestamp !== undefined) return undefined;
      const { namespace } = budget.metadata;
      const pods = client.list('pods', { namespace }).filter((pod) => selects(pod)(budget));
      if (pods.length === 0) recordEvent(client, budget, 'Normal', 'NoPods', 'No matching pods found', COMPONENT);
      const pending = pendingDisruptions(budget, pods);
      writeStatus(client, budget, pods, pending);
      return soonest(...Object.values(pending).map((time) => DISRUPTION_TIMEOUT_SECONDS - secondsSince(time)));
    },
  };
}

function selects(pod: StoredPod): (budget: StoredBudget) => boolean {
  return (budget) => matchLabelSelector(budget.spec?.selector)(pod.metadata.labels);
}

/** Pods whose eviction was granted and which are still there, with the time of the grant. */
function pendingDisruptions(budget: StoredBudget, pods: StoredPod[]): Record<string, string> {
  const present = new Set(pods.filter(isActive).map((pod) => pod.metadata.name));
  const entries = Object.entries(budget.status?.disruptedPods ?? {});
  return Object.fromEntries(
    entries.filter(([name, time]) => present.has(name) && secondsSince(time) < DISRUPTION_TIMEOUT_SECONDS),
  );
}

function writeStatus(
  client: ApiClient,
  budget: StoredBudget,
  pods: StoredPod[],
  disruptedPods: Record<string, string>,
): void {
  const { expectedPods, desiredHealthy } = expectation(client, budget, pods.filter(isActive));
  const healthy = pods.filter((pod) => isActive(pod) && isReady(pod) && !(pod.metadata.name in disruptedPods));
  const currentHealthy = healthy.length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  updateStatus(client, 'poddisruptionbudgets', budget, {
    observedGeneration: budget.metadata.generation!,
    expectedPods,
    desiredHealthy,
    currentHealthy,
    disruptionsAllowed,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    conditions: withCondition(budget.status?.conditions, {
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration: budget.metadata.generation!,
      lastTransitionTime: '',
    }),
  });
}

/** How many pods there should be, and how many of them have to be healthy. */
function expectation(
  client: ApiClient,
  budget: StoredBudget,
  pods: StoredPod[],
): { expectedPods: number; desiredHealthy: number } {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  const expectedPods = expectedCount(client, pods);
  if (minAvailable !== undefined) {
    return { expectedPods, desiredHealthy: resolveIntOrPercent(minAvailable, expectedPods, 'up') };
  }
  const unavailable = resolveIntOrPercent(maxUnavailable ?? 0, expectedPods, 'up');
  return { expectedPods, desiredHealthy: Math.max(0, expectedPods - unavailable) };
}

/** The sum of the scales of the pods' controllers. Pods without one that can be scaled count for nothing. */
function expectedCount(client: ApiClient, pods: StoredPod[]): number {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const scale = scaleOf(client, pod);
    if (scale) scales.set(scale.uid, scale.replicas);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function scaleOf(client: ApiClient, pod: StoredPod): { uid: string; replicas: number } | undefined {
  const { namespace } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner?.kind === 'StatefulSet') return replicasOf(client.find('statefulsets', namespace, owner.name));
  if (owner?.kind !== 'ReplicaSet') return undefined;
  const replicaSet = client.find('replicasets', namespace, owner.name);
  const above = replicaSet && controllerOf(replicaSet);
  if (above?.kind !== 'Deployment') return replicasOf(replicaSet);
  return replicasOf(client.find('deployments', namespace, above.name));
}

function replicasOf(
  owner: { metadata: { uid: string }; spec?: { replicas?: number } } | undefined,
): { uid: string; replicas: number } | undefined {
  return owner && { uid: owner.metadata.uid, replicas: owner.spec?.replicas ?? 1 };
}
