/** Whether a job is done, has failed, or goes on: pure. */
import type { JobCondition, JobStatus } from 'kubernetes-types/batch/v1.js';
import { findCondition, isTrue } from '../shared/conditions.ts';
import type { StoredPod } from '../shared/pods.ts';
import { secondsSince } from '../shared/time.ts';
import { parseIndexes } from './indexes.ts';
import { hasSucceeded, isIndexed } from './pods.ts';
import type { StoredJob } from './pods.ts';

export type Outcome = Pick<JobCondition, 'reason' | 'message'> & { success: boolean };

export function isFinished({ status }: StoredJob): boolean {
  return isTrue(status?.conditions, 'Complete') || isTrue(status?.conditions, 'Failed');
}

/** What the job has come to, given its counts; undefined while it goes on. Once decided it stays decided. */
export function outcomeOf(job: StoredJob, counts: JobStatus, pods: StoredPod[]): Outcome | undefined {
  const decided = ['SuccessCriteriaMet', 'FailureTarget'].flatMap(
    (type) => findCondition(job.status?.conditions, type) ?? [],
  )[0];
  if (decided) {
    const { type, reason, message } = decided;
    return { success: type === 'SuccessCriteriaMet', reason: reason!, message: message! };
  }
  if (exceedsBackoffLimit(job, counts, pods)) {
    const message = 'Job has reached the specified backoff limit';
    return { success: false, reason: 'BackoffLimitExceeded', message };
  }
  if (secondsToDeadline(job) === 0) {
    return { success: false, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  if (!isAllDone(job, counts)) return undefined;
  return { success: true, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

/** 0 when activeDeadlineSeconds are over; undefined when there is no such limit now. */
export function secondsToDeadline({ spec, status }: StoredJob): number | undefined {
  const { activeDeadlineSeconds, suspend } = spec!;
  if (activeDeadlineSeconds === undefined || suspend || status?.startTime === undefined) return undefined;
  return Math.max(0, activeDeadlineSeconds - secondsSince(status.startTime));
}

/** With restartPolicy OnFailure, kubelets start containers again in place: those restarts are the failures. */
function exceedsBackoffLimit({ spec }: StoredJob, { failed = 0 }: JobStatus, pods: StoredPod[]): boolean {
  const { backoffLimit = 6, template } = spec!;
  if (failed > backoffLimit) return true;
  if (template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

function isAllDone(job: StoredJob, { succeeded = 0, active = 0, completedIndexes }: JobStatus): boolean {
  const { completions } = job.spec!;
  // Without a number, the job is a queue that the pods empty: one of them says when, by ending well.
  if (completions === undefined) return succeeded > 0 && active === 0;
  return (isIndexed(job) ? parseIndexes(completedIndexes).size : succeeded) >= completions;
}

/** Seconds until the next pod may be made: they double with each failure since the last success. */
export function secondsOfBackoff(pods: StoredPod[], finishTime: (pod: StoredPod) => string, backoff: Backoff): number {
  const lastSuccess = pods.filter(hasSucceeded).map(finishTime).sort().at(-1) ?? '';
  const failures = pods
    .filter(({ status }) => status?.phase === 'Failed')
    .map(finishTime)
    .filter((time) => time > lastSuccess)
    .sort();
  const lastFailure = failures.at(-1);
  if (lastFailure === undefined) return 0;
  const wait = Math.min(backoff.initialSeconds * 2 ** (failures.length - 1), backoff.maxSeconds);
  return Math.max(0, wait - secondsSince(lastFailure));
}

export interface Backoff {
  initialSeconds: number;
  maxSeconds: number;
}
