/** What controllers ask about a pod. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { findCondition, isTrue } from './conditions.ts';
import { secondsSince } from './time.ts';

export type StoredPod = Stored<Pod>;

export function isReady(pod: StoredPod): boolean {
  return isTrue(pod.status?.conditions, 'Ready');
}

/** Its containers have ended and will not be started again. */
export function isFinished(pod: StoredPod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isTerminating(pod: StoredPod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Neither finished nor on its way out: what counts as a replica. */
export function isActive(pod: StoredPod): boolean {
  return !isFinished(pod) && !isTerminating(pod);
}

/** 0 for an available pod; undefined while it is not even ready. */
function secondsUntilAvailable(pod: StoredPod, minReadySeconds: number = 0): number | undefined {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return minReadySeconds === 0 ? 0 : Math.max(0, minReadySeconds - secondsSince(ready.lastTransitionTime));
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: StoredPod, minReadySeconds: number = 0): boolean {
  return secondsUntilAvailable(pod, minReadySeconds) === 0;
}

/** The soonest moment, in seconds from now, at which one more of the pods becomes available. */
export function nextAvailable(pods: StoredPod[], minReadySeconds: number = 0): number | undefined {
  const waits = pods.map((pod) => secondsUntilAvailable(pod, minReadySeconds) ?? 0).filter((seconds) => seconds > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}
