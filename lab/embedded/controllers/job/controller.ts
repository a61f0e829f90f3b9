/**
 * Job: runs pods until enough of them have ended well.
 *
 * Each finished pod is counted once: it carries a finalizer until status says so, and both are written in one go.
 */
import type { JobCondition, JobStatus } from 'kubernetes-types/batch/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { timestamp } from '../../api/metadata.ts';
import { recordEvent } from '../events.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller, RequeueAfter } from '../runtime.ts';
import { findCondition, isTrue, withCondition } from '../shared/conditions.ts';
import { claimOwned, controllerOf, ownerKeys } from '../shared/owners.ts';
import { createPod, deletePod } from '../shared/pod-control.ts';
import { isActive, isReady, isTerminating, isFinished as isPodFinished } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { secondsSince, soonest } from '../shared/time.ts';
import { removeFinalizer, updateStatus } from '../shared/write.ts';
import { podsToDelete } from '../replicaset/ranking.ts';
import { formatIndexes, indexOf, parseIndexes } from './indexes.ts';
import { isFinished, outcomeOf, secondsOfBackoff, secondsToDeadline } from './outcome.ts';
import type { Backoff, Outcome } from './outcome.ts';
import { finishedAt, hasFailed, hasSucceeded, isIndexed, isUncounted, newPod, TRACKING } from './pods.ts';
import type { StoredJob } from './pods.ts';

const COMPONENT = 'job-controller';
const DEFAULT_BACKOFF: Backoff = { initialSeconds: 10, maxSeconds: 600 };

export function jobController(client: ApiClient, backoff: Backoff = DEFAULT_BACKOFF): Controller {
  return {
    name: 'job',
    watches: [watch('jobs', (job) => [keyOf(job)]), watch('pods', (pod) => ownerKeys(client, pod, 'Job', 'jobs'))],
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      releaseOrphans(client, namespace, name);
      const job = client.find('jobs', namespace, name);
      if (!job || job.metadata.deletionTimestamp !== undefined) return undefined;
      return isFinished(job) ? expire(client, job) : advance(client, job, backoff);
    },
  };
}

/** One step of a job that is not finished. */
function advance(client: ApiClient, job: StoredJob, backoff: Backoff): RequeueAfter {
  const before = suspension(client, job);
  const podsBefore = podsOf(client, before);
  const counted = count(before, podsBefore);
  const outcome = outcomeOf(before, counted, podsBefore);
  let wait: number | undefined;
  if (outcome || before.spec!.suspend) deletePods(client, before, podsBefore.filter(isActive));
  else wait = adjust(client, before, counted, podsBefore, backoff);
  const pods = podsOf(client, before);
  const counts = count(before, pods);
  const conditions = outcome ? conclude(before, counts, outcome) : (before.status?.conditions ?? []);
  const stored = updateStatus(client, 'jobs', before, {
    ...counts,
    conditions,
    ...(isTrue(conditions, 'Complete') && { completionTime: timestamp() }),
  });
  for (const pod of pods.filter(isUncounted)) {
    if (hasSucceeded(pod) || hasFailed(before, pod)) removeFinalizer(client, 'pods', pod, TRACKING);
  }
  if (isFinished(stored)) announceEnd(client, stored, outcome!);
  return soonest(wait, secondsToDeadline(stored));
}

function podsOf(client: ApiClient, job: StoredJob): StoredPod[] {
  return claimOwned(client, 'pods', job, job.spec!.selector);
}

/** Notes start, suspension and resumption. */
function suspension(client: ApiClient, job: StoredJob): StoredJob {
  const { status = {}, spec } = job;
  const suspended = isTrue(status.conditions, 'Suspended');
  if (spec!.suspend) {
    if (suspended) return job;
    tell(client, job, 'Normal', 'Suspended', 'Job suspended');
    const { startTime: _, ...rest } = status;
    return note(client, job, rest, 'True', 'JobSuspended', 'Job suspended');
  }
  if (suspended) {
    tell(client, job, 'Normal', 'Resumed', 'Job resumed');
    return note(client, job, { ...status, startTime: timestamp() }, 'False', 'JobResumed', 'Job resumed');
  }
  return status.startTime ? job : updateStatus(client, 'jobs', job, { ...status, startTime: timestamp() });
}

function note(
  client: ApiClient,
  job: StoredJob,
  status: JobStatus,
  suspended: string,
  reason: string,
  message: string,
): StoredJob {
  const conditions = withCondition(status.conditions, { type: 'Suspended', status: suspended, reason, message });
  return updateStatus(client, 'jobs', job, { ...status, conditions });
}

/** The job's counts with those pods added that have ended and carry the finalizer still. */
function count(job: StoredJob, pods: StoredPod[]): JobStatus {
  const { startTime, completedIndexes, succeeded = 0, failed = 0 } = job.status ?? {};
  const uncounted = pods.filter(isUncounted);
  const successes = uncounted.filter(hasSucceeded);
  const active = pods.filter(isActive);
  const indexes = parseIndexes(completedIndexes);
  for (const pod of successes) {
    const index = indexOf(pod);
    if (index !== undefined && index < (job.spec!.completions ?? 0)) indexes.add(index);
  }
  return {
    ...(startTime !== undefined && { startTime }),
    active: active.length,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isPodFinished(pod)).length,
    succeeded: isIndexed(job) ? indexes.size : succeeded + successes.length,
    failed: failed + uncounted.filter((pod) => hasFailed(job, pod)).length,
    ...(isIndexed(job) && { completedIndexes: formatIndexes(indexes) }),
    uncountedTerminatedPods: {},
  };
}

/** Creates or deletes pods as parallelism and the work that is left ask for. Returns how long failures delay that. */
function adjust(
  client: ApiClient,
  job: StoredJob,
  counts: JobStatus,
  pods: StoredPod[],
  backoff: Backoff,
): RequeueAfter {
  const active = pods.filter(isActive);
  const wanted = wantedPods(job, counts);
  if (active.length > wanted) {
    deletePods(client, job, podsToDelete(active, active, active.length - wanted));
    return undefined;
  }
  const leaving = job.spec!.podReplacementPolicy === 'Failed' ? (counts.terminating ?? 0) : 0;
  const missing = wanted - active.length - leaving;
  if (missing <= 0) return undefined;
  const wait = secondsOfBackoff(pods, finishedAt, backoff);
  if (wait > 0) return wait;
  for (const index of nextIndexes(job, counts, active, missing)) createPod(client, job, newPod(job, index), COMPONENT);
  return undefined;
}

function wantedPods({ spec }: StoredJob, { succeeded = 0, active = 0 }: JobStatus): number {
  const { parallelism = 1, completions } = spec!;
  if (completions !== undefined) return Math.max(0, Math.min(parallelism, completions - succeeded));
  // Once one pod of a queue has ended well, the queue is empty: the others may finish, but none is added.
  return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
}

/** For each pod to be made its index: the lowest that nobody has done or is doing. */
function nextIndexes(
  job: StoredJob,
  { completedIndexes }: JobStatus,
  active: StoredPod[],
  missing: number,
): (number | undefined)[] {
  if (!isIndexed(job)) return Array.from({ length: missing }, () => undefined);
  const taken = new Set([...parseIndexes(completedIndexes), ...active.map(indexOf)]);
  const all = Array.from({ length: job.spec!.completions ?? 0 }, (_, index) => index);
  return all.filter((index) => !taken.has(index)).slice(0, missing);
}

function deletePods(client: ApiClient, job: StoredJob, pods: StoredPod[]): void {
  for (const pod of pods) deletePod(client, job, pod, COMPONENT);
}

/** The decision at once, the final condition when the last pod has ended. */
function conclude(job: StoredJob, counts: JobStatus, { success, reason, message }: Outcome): JobCondition[] {
  const decision = { status: 'True', reason: reason!, message: message! };
  const before = job.status?.conditions;
  const type = success ? 'SuccessCriteriaMet' : 'FailureTarget';
  const decided = findCondition(before, type) ? before! : addCondition(before, { type, ...decision });
  if (counts.active! > 0 || counts.terminating! > 0) return decided;
  return addCondition(decided, { type: success ? 'Complete' : 'Failed', ...decision });
}

function addCondition(conditions: JobCondition[] | undefined, condition: JobCondition): JobCondition[] {
  return withCondition(conditions, { ...condition, lastProbeTime: timestamp() });
}

function announceEnd(client: ApiClient, job: StoredJob, { success, reason, message }: Outcome): void {
  if (success) tell(client, job, 'Normal', 'Completed', 'Job completed');
  else tell(client, job, 'Warning', reason!, message!);
}

/** Deletes a finished job ttlSecondsAfterFinished after its end. */
function expire(client: ApiClient, job: StoredJob): RequeueAfter {
  const { ttlSecondsAfterFinished } = job.spec!;
  if (ttlSecondsAfterFinished === undefined) return undefined;
  const { conditions } = job.status!;
  const end = findCondition(conditions, isTrue(conditions, 'Complete') ? 'Complete' : 'Failed')!;
  const remaining = ttlSecondsAfterFinished - secondsSince(end.lastTransitionTime);
  if (remaining > 0) return remaining;
  const { namespace, name, uid } = job.metadata;
  client.delete('jobs', namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid } });
  return undefined;
}

/** Nobody will count the pods of a job that is gone or going: they must not wait for it. */
function releaseOrphans(client: ApiClient, namespace: string, name: string): void {
  const job = client.find('jobs', namespace, name);
  const owner = job?.metadata.deletionTimestamp === undefined ? job?.metadata.uid : undefined;
  for (const pod of client.list('pods', { namespace }).filter(isUncounted)) {
    const controller = controllerOf(pod);
    const orphaned = controller?.kind === 'Job' && controller.name === name && controller.uid !== owner;
    if (orphaned) removeFinalizer(client, 'pods', pod, TRACKING);
  }
}

function tell(client: ApiClient, job: StoredJob, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(client, job, type, reason, message, COMPONENT);
}
