/** How long clients suffered from a fault. */
import type { FaultHistory, LoadHistory } from '../history/history.ts';
import type { Operations } from '../load/operations.ts';
import { timeOf } from './latency.ts';
import { quantile } from '../statistics/quantiles.ts';

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

/** Whether a request tells how requests fare without a fault. */
type IsUndisturbed = (operations: Operations, index: number) => boolean;

/**
 * Cuts the time from the fault on, up to `until` (the next fault or the end), into seconds by when requests should have
 * been sent. How requests fare without a fault is learned from the undisturbed ones that ended before it. A second is disturbed when more requests failed than before the fault (usually: any), or when a twentieth of
 * them were slower than every request before it and three times its p99.
 */
export function measureRecovery(
  fault: FaultHistory,
  loads: LoadHistory[],
  { isUndisturbed, until }: { isUndisturbed: IsUndisturbed; until: number },
): Recovery {
  const before = learnBaseline(fault, loads, isUndisturbed);
  const windows = cutIntoWindows(fault, loads, { until, slowAboveMs: before.slowAboveMs });
  const disturbed = [...windows].filter(([, window]) => isDisturbed(window, before.failureRate));
  const firstError = Math.min(...windows.values().map((window) => window.firstErrorAt));
  const atLeastSeconds = Math.max(0, ...disturbed.map(([, window]) => window.lastVictimAt - fault.startedAt)) / 1000;
  const lastError = Math.max(fault.startedAt, ...disturbed.map(([, window]) => window.lastErrorAt));
  const facts = {
    atLeastSeconds,
    lastErrorSeconds: (lastError - fault.startedAt) / 1000,
    disturbedRequests: disturbed.reduce((sum, [, window]) => sum + window.victims, 0),
    firstErrorSeconds: firstError === Infinity ? null : (firstError - fault.startedAt) / 1000,
    slowAboveMs: before.slowAboveMs,
  };
  if (windows.size === 0) return { ...facts, seconds: null, words: 'No request was made after the fault.' };
  if (disturbed.length === 0) return { ...facts, seconds: 0, words: 'No client noticed the fault.' };

  const lastDisturbed = Math.max(...disturbed.map(([second]) => second));
  const calm = [...windows.keys()].filter((second) => second > lastDisturbed).length;
  return calm < CALM_WINDOWS
    ? { ...facts, seconds: null, words: 'Requests still failed or were slow when the record ended.' }
    : { ...facts, seconds: atLeastSeconds, words: recoveredWords(fault, atLeastSeconds) };
}

function learnBaseline(fault: FaultHistory, loads: LoadHistory[], isUndisturbed: IsUndisturbed) {
  const times = new Float64Array(loads.reduce((total, load) => total + load.operations.length, 0));
  let [requests, successes] = [0, 0];
  for (const { operations } of loads) {
    for (let index = 0; index < operations.length; index += 1) {
      if (operations.endedAt(index) >= fault.startedAt || !isUndisturbed(operations, index)) continue;
      requests += 1;
      if (operations.outcome(index) === 'ok') times[successes++] = timeOf(operations, index, 'responseTime');
    }
  }
  return {
    failureRate: requests > 0 ? (requests - successes) / requests : 0,
    slowAboveMs: slowThreshold(times.subarray(0, successes).sort()),
  };
}

function slowThreshold(times: Float64Array): number | null {
  return times.length < FEWEST_BASELINE ? null : Math.max(3 * quantile(times, 0.99), times.at(-1)!);
}

/** What became of the requests that should have been sent in one second. */
interface Window {
  requests: number;
  failed: number;
  slow: number;
  /** Failed or slow. */
  victims: number;
  lastVictimAt: number;
  firstErrorAt: number;
  lastErrorAt: number;
}

/** By their number after the fault. */
function cutIntoWindows(
  fault: FaultHistory,
  loads: LoadHistory[],
  { until, slowAboveMs }: { until: number; slowAboveMs: number | null },
): Map<number, Window> {
  const windows = new Map<number, Window>();
  for (const { operations } of loads) {
    for (let index = 0; index < operations.length; index += 1) {
      const intendedAt = operations.intendedAt(index);
      if (operations.endedAt(index) < fault.startedAt || intendedAt >= until) continue;
      const second = Math.max(0, Math.floor((intendedAt - fault.startedAt) / WINDOW_MS));
      let window = windows.get(second);
      if (!window) windows.set(second, (window = emptyWindow()));
      const slow = slowAboveMs !== null && timeOf(operations, index, 'responseTime') > slowAboveMs;
      countIn(window, { slow, failed: operations.outcome(index) !== 'ok', endedAt: operations.endedAt(index) });
    }
  }
  return windows;
}

function emptyWindow(): Window {
  return {
    requests: 0,
    failed: 0,
    slow: 0,
    victims: 0,
    lastVictimAt: -Infinity,
    firstErrorAt: Infinity,
    lastErrorAt: -Infinity,
  };
}

function countIn(window: Window, request: { slow: boolean; failed: boolean; endedAt: number }): void {
  const { slow, failed, endedAt } = request;
  window.requests += 1;
  if (slow) window.slow += 1;
  if (slow || failed) {
    window.victims += 1;
    window.lastVictimAt = Math.max(window.lastVictimAt, endedAt);
  }
  if (failed) {
    window.failed += 1;
    window.firstErrorAt = Math.min(window.firstErrorAt, endedAt);
    window.lastErrorAt = Math.max(window.lastErrorAt, endedAt);
  }
}

function isDisturbed(window: Window, failureRate: number): boolean {
  // Three standard deviations above the rate before the fault; without failures before it, any failure counts.
  const allowed = failureRate * window.requests;
  if (window.failed > allowed + 3 * Math.sqrt(allowed)) return true;
  return window.slow > Math.max(1, SLOW_PART * window.requests);
}

function recoveredWords(fault: FaultHistory, seconds: number): string {
  return fault.healedAt !== null && fault.startedAt + seconds * 1000 > fault.healedAt
    ? 'Clients recovered only after the fault had been healed.'
    : 'Clients recovered while the fault was still in place.';
}
