/** How long successful requests took, from all samples (quantiles of type 7; no histogram). */
import { quantile, quantileInterval } from '../statistics/quantiles.ts';
import type { Interval } from '../statistics/proportion.ts';
import type { Operations } from '../load/operations.ts';
import { type Metric, missing } from './metric.ts';
import type { Scope } from './scope.ts';

export interface Latency {
  /** Successful requests; the others are counted elsewhere and are in no percentile. */
  samples: number;
  minMs: number;
  meanMs: number;
  maxMs: number;
  percentiles: Percentile[];
}

interface Percentile {
  /** `p50`, `p999` for 99.9 %. */
  name: string;
  probability: number;
  valueMs: number;
  /** At 95 %, as if requests were independent of each other; null with too few samples. */
  interval: Interval | null;
}

/**
 * Response time counts from when the request should have been sent, so that a stalled system cannot hide its delay by
 * holding back the client (coordinated omission); service time counts from when it was.
 */
export type Clock = 'responseTime' | 'serviceTime';

const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };
const CONFIDENCE = 0.95;

/** Null when no request succeeded. */
export function measureLatency(scope: Scope, clock: Clock): Latency | null {
  const samples = successfulTimes(scope, clock);
  if (samples.length === 0) return null;
  samples.sort();
  return {
    samples: samples.length,
    minMs: samples[0]!,
    meanMs: samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
    maxMs: samples.at(-1)!,
    percentiles: Object.entries(PERCENTILES).map(([name, probability]) => ({
      name,
      probability,
      valueMs: quantile(samples, probability),
      interval: quantileInterval(samples, probability, CONFIDENCE),
    })),
  };
}

export function timeOf(operations: Operations, index: number, clock: Clock): number {
  const from = clock === 'responseTime' ? operations.intendedAt(index) : operations.startedAt(index);
  return operations.endedAt(index) - from;
}

function successfulTimes(scope: Scope, clock: Clock): Float64Array {
  const times = new Float64Array(scope.loads.reduce((total, load) => total + load.operations.length, 0));
  let length = 0;
  for (const { operations } of scope.loads) {
    for (let index = 0; index < operations.length; index += 1) {
      if (operations.outcome(index) === 'ok') times[length++] = timeOf(operations, index, clock);
    }
  }
  return times.subarray(0, length);
}

/** Samples from which on a percentile is more than the largest value: one must be expected beyond it. */
export function samplesNeeded(probability: number): number {
  return Math.round(1 / (1 - probability));
}

const NONE = missing('no request succeeded');

function summary(family: string, title: string, name: 'minMs' | 'meanMs' | 'maxMs', word: string) {
  return {
    name: `${family}.${name}`,
    unit: 'ms',
    better: 'lower',
    meaning: `${word} ${title}`,
    read: (latency) => latency?.[name] ?? NONE,
  } satisfies Metric<Latency | null>;
}

function percentile(family: string, title: string, name: string, probability: number): Metric<Latency | null> {
  const needed = samplesNeeded(probability);
  return {
    name: `${family}.${name}Ms`,
    unit: 'ms',
    better: 'lower',
    meaning: `${+(probability * 100).toFixed(1)} % of successful requests had at most this ${title}`,
    read: (latency) => {
      if (!latency) return NONE;
      if (latency.samples < needed) return missing(`${name} takes ${needed} samples, there are ${latency.samples}`);
      return latency.percentiles.find((entry) => entry.name === name)!.valueMs;
    },
  };
}

function metricsOf(family: string, title: string): Metric<Latency | null>[] {
  return [
    summary(family, title, 'minMs', 'Shortest'),
    summary(family, title, 'meanMs', 'Mean'),
    ...Object.entries(PERCENTILES).map(([name, probability]) => percentile(family, title, name, probability)),
    summary(family, title, 'maxMs', 'Longest'),
  ];
}

export const RESPONSE_TIME_METRICS = metricsOf(
  'latency',
  'response time (from when the request should have been sent).',
);
export const SERVICE_TIME_METRICS = metricsOf('serviceTime', 'service time (from when the request was sent).');
