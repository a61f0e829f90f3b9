/** How long clients suffered from a fault. */
import type { FaultHistory, LoadHistory } from '../history/history.ts';
import type { Operation } from '../load/load.ts';
import { timeOf } from './latency.ts';
import { quantile, sorted } from '../statistics/quantiles.ts';

export interface Recovery {
  /** From the fault to the end of the last disturbed request; 0 when none was; null when it did not end, or cannot be told. */
  seconds: number | null;
  /** What is certain when `seconds` is null. */
  atLeastSeconds: number;
  /** Requests that did not succeed, or were slow, in disturbed seconds after the fault. */
  disturbedRequests: number;
  /** Seconds from the fault to the end of the last request that did not succeed in a disturbed second; 0 when all did. */
  lastErrorSeconds: number;
  /** Seconds from the fault to the first request that ended without success; null when all succeeded. */
  firstErrorSeconds: number | null;
  /** Above this response time a request counts as slow; null when there was too little before the fault to tell. */
  slowAboveMs: number | null;
  words: string;
}

const WINDOW_MS = 1000;
/** So many calm seconds must follow before clients count as recovered. */
const CALM_WINDOWS = 3;
/** One slow request a second is weather; a twentieth of them is not. */
const SLOW_PART = 0.05;
const FEWEST_BASELINE = 50;

/**
 * Cuts the time from the fault on, up to `until` (the next fault or the end), into seconds by when requests should have
 * been sent. How requests fare without a fault is learned from the undisturbed ones that ended before it. A second is disturbed when more requests failed than before the fault (usually: any), or when a twentieth of
 * them were slower than every request before it and three times its p99.
 */
export function measureRecovery(
  fault: FaultHistory,
  loads: LoadHistory[],
  { isUndisturbed, until }: { isUndisturbed: (operation: Operation) => boolean; until: number },
): Recovery {
  const operations = loads.flatMap((load) => load.operations);
  const before = operations.filter((operation) => operation.endedAt < fault.startedAt && isUndisturbed(operation));
  const after = operations.filter((o) => o.endedAt >= fault.startedAt && o.intendedAt < until);
  const slowAboveMs = slowThreshold(before);
  const allowedFailures = before.length > 0 ? before.filter(unsuccessful).length / before.length : 0;
  const isSlow = (operation: Operation) => slowAboveMs !== null && timeOf(operation, 'responseTime') > slowAboveMs;

  const windows = Map.groupBy(after, (o) => Math.max(0, Math.floor((o.intendedAt - fault.startedAt) / WINDOW_MS)));
  const disturbed = [...windows].filter(([, inWindow]) => isDisturbed(inWindow, allowedFailures, isSlow));
  const victims = disturbed.flatMap(([, inWindow]) => inWindow.filter((o) => unsuccessful(o) || isSlow(o)));
  const firstError = after.filter(unsuccessful).reduce((first, o) => Math.min(first, o.endedAt), Infinity);
  const atLeastSeconds = victims.reduce((last, o) => Math.max(last, o.endedAt - fault.startedAt), 0) / 1000;
  const lastError = victims.filter(unsuccessful).reduce((last, o) => Math.max(last, o.endedAt), fault.startedAt);
  const facts = {
    atLeastSeconds,
    lastErrorSeconds: (lastError - fault.startedAt) / 1000,
    disturbedRequests: victims.length,
    firstErrorSeconds: firstError === Infinity ? null : (firstError - fault.startedAt) / 1000,
    slowAboveMs,
  };
  if (after.length === 0) return { ...facts, seconds: null, words: 'No request was made after the fault.' };
  if (disturbed.length === 0) return { ...facts, seconds: 0, words: 'No client noticed the fault.' };

  const lastDisturbed = Math.max(...disturbed.map(([window]) => window));
  const calm = [...windows.keys()].filter((window) => window > lastDisturbed).length;
  return calm < CALM_WINDOWS
    ? { ...facts, seconds: null, words: 'Requests still failed or were slow when the record ended.' }
    : { ...facts, seconds: atLeastSeconds, words: recoveredWords(fault, atLeastSeconds) };
}

function unsuccessful(operation: Operation): boolean {
  return operation.outcome !== 'ok';
}

function slowThreshold(before: Operation[]): number | null {
  const times = sorted(before.filter((o) => o.outcome === 'ok').map((o) => timeOf(o, 'responseTime')));
  return times.length < FEWEST_BASELINE ? null : Math.max(3 * quantile(times, 0.99), times.at(-1)!);
}

function isDisturbed(inWindow: Operation[], allowedFailures: number, isSlow: (o: Operation) => boolean): boolean {
  const failed = inWindow.filter(unsuccessful).length;
  // Three standard deviations above the rate before the fault; without failures before it, any failure counts.
  const allowed = allowedFailures * inWindow.length;
  if (failed > allowed + 3 * Math.sqrt(allowed)) return true;
  return inWindow.filter(isSlow).length > Math.max(1, SLOW_PART * inWindow.length);
}

function recoveredWords(fault: FaultHistory, seconds: number): string {
  return fault.healedAt !== null && fault.startedAt + seconds * 1000 > fault.healedAt
    ? 'Clients recovered only after the fault had been healed.'
    : 'Clients recovered while the fault was still in place.';
}
