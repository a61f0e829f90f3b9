/**
 * The eviction subresource of pods: a deletion that PodDisruptionBudgets may forbid.
 * Follows pkg/registry/core/pod/storage/eviction.go of Kubernetes.
 */
import { withCondition } from './conditions.ts';
import type { StatusCause } from './errors.ts';
import { ApiError } from './errors.ts';
import { timestamp } from './metadata.ts';
import { matchLabelSelector } from './selectors/labels.ts';
import type { KubeObject } from './types.ts';

const RETRY_SECONDS = 10;

/** Whether a pod disrupts nothing by going, so that no budget is asked. */
export function needsNoBudget(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed', 'Pending'].includes(pod.status?.phase) || pod.metadata.deletionTimestamp !== undefined;
}

/** The pod as it is to be written before its eviction. */
export function disruptedPod(pod: KubeObject): KubeObject {
  const conditions = withCondition(pod.status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
  return { ...pod, status: { ...pod.status, conditions } };
}

/**
 * The budget as it is to be written when `pod` is evicted under it; undefined when none is used up.
 * Throws 429 TooManyRequests when the budgets forbid the eviction.
 */
export function spendBudget(pod: KubeObject, budgets: readonly KubeObject[]): KubeObject | undefined {
  const matching = budgets.filter((budget) => matchLabelSelector(budget.spec.selector)(pod.metadata.labels ?? {}));
  if (matching.length > 1) {
    throw new ApiError(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const budget = matching[0];
  if (budget === undefined || isUnguarded(pod, budget)) return undefined;
  return decremented(pod, budget);
}

/** A pod that is not ready counts for nothing in its budget; whether it may go nevertheless is the budget's policy. */
function isUnguarded(pod: KubeObject, { spec, status }: KubeObject): boolean {
  const ready = pod.status?.conditions?.some(
    (condition: any) => condition.type === 'Ready' && condition.status === 'True',
  );
  if (ready) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return status?.currentHealthy >= status?.desiredHealthy && status?.desiredHealthy > 0;
}

function decremented(pod: KubeObject, budget: KubeObject): KubeObject {
  const { name, generation = 0 } = budget.metadata;
  const status = budget.status ?? {};
  if ((status.observedGeneration ?? 0) < generation) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed <= 0) {
    throw refusal(
      `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    );
  }
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: timestamp() },
    },
  };
}

function refusal(message: string, retryAfterSeconds?: number): ApiError {
  const cause: StatusCause = { reason: 'DisruptionBudget', message };
  return new ApiError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [cause],
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
