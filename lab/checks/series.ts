/** Rate, errors and latency over time, in equal steps, for the charts. */
import type { RunHistory } from '../history/history.ts';
import { quantile } from '../statistics/quantiles.ts';
import { timeOf } from './latency.ts';
import { allLoads } from './scope.ts';

export interface Series {
  stepSeconds: number;
  points: SeriesPoint[];
}

interface SeriesPoint {
  /** Start of the step, seconds since the run's start. */
  atSeconds: number;
  /** Requests per second that should have been sent in this step, by how they ended. */
  okPerSecond: number;
  failedPerSecond: number;
  indeterminatePerSecond: number;
  /** Response time of the successful ones; null when there was none. */
  p50Ms: number | null;
  p99Ms: number | null;
}

/** Steps that a reader can tell apart in a chart. */
const MOST_POINTS = 240;
const STEPS_SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60];

export function overTime(history: RunHistory): Series {
  const seconds = history.run.durationMs / 1000;
  const stepSeconds = STEPS_SECONDS.find((step) => seconds / step <= MOST_POINTS) ?? Math.ceil(seconds / MOST_POINTS);
  const size = Math.ceil(seconds / stepSeconds) + 1;
  const steps = Array.from({ length: size }, () => ({ ok: [] as number[], fail: 0, info: 0 }));
  for (const { operations } of allLoads(history)) {
    for (let index = 0; index < operations.length; index += 1) {
      const position = Math.floor(operations.intendedAt(index) / 1000 / stepSeconds);
      const step = steps[Math.min(size - 1, Math.max(0, position))]!;
      const outcome = operations.outcome(index);
      if (outcome === 'ok') step.ok.push(timeOf(operations, index, 'responseTime'));
      else step[outcome] += 1;
    }
  }
  const used = steps.findLastIndex((step) => step.ok.length + step.fail + step.info > 0) + 1;
  return { stepSeconds, points: steps.slice(0, used).map((step, index) => point(step, index, stepSeconds)) };
}

function point(step: { ok: number[]; fail: number; info: number }, index: number, stepSeconds: number): SeriesPoint {
  const times = Float64Array.from(step.ok).sort();
  const known = times.length > 0;
  return {
    atSeconds: index * stepSeconds,
    okPerSecond: times.length / stepSeconds,
    failedPerSecond: step.fail / stepSeconds,
    indeterminatePerSecond: step.info / stepSeconds,
    p50Ms: known ? quantile(times, 0.5) : null,
    p99Ms: known ? quantile(times, 0.99) : null,
  };
}
