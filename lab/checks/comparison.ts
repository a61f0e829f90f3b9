/** Whether one run did better than another, metric by metric, with intervals. */
import type { LoadHistory, RunHistory } from '../history/history.ts';
import { shift } from '../statistics/location.ts';
import { proportionDifference } from '../statistics/proportion.ts';
import type { Analysis } from './analyse.ts';
import { metricDefinitions, outlineOf } from './catalogue.ts';
import { measureLatency } from './latency.ts';
import type { Unit } from './metric.ts';
import { countRequests } from './requests.ts';
import { allLoads, scopeOf } from './scope.ts';

export interface Compared {
  metric: string;
  unit: Unit;
  /** Of one run, or the median of several. */
  baseline: number;
  candidate: number;
  /** Candidate minus baseline, with its 95 % interval; null when no interval can be given. */
  difference: { estimate: number; low: number; high: number } | null;
  basis: Basis;
  verdict: 'better' | 'worse' | 'same' | 'cannot tell';
}

/**
 * `runs`: each run is one value. `seconds`: each second of the one run is one value. `requests`: each request is a trial.
 * `exact`: the right value is known to be 0. `none`: a single value on each side says nothing about the next run.
 */
type Basis = 'runs' | 'seconds' | 'requests' | 'exact' | 'none';

export interface Analysed {
  history: RunHistory;
  analysis: Analysis;
}

/** Four runs on each side are the fewest for which a 95 % interval exists. */
const FEWEST_RUNS = 4;
const CONFIDENCE = 0.95;
const RIGHT_IS_ZERO = /^ledger\.(lost|duplicated|unexpected)$/;

/**
 * Compares every metric of which one direction is better. With four runs or more on both sides, runs are compared by the
 * Hodges-Lehmann shift; otherwise the first run of each side, second by second, which says nothing about how runs differ.
 * Throws a RangeError when a side is empty or the runs are of different scenarios.
 */
export function compareRuns(baseline: Analysed[], candidate: Analysed[]): Compared[] {
  const [first] = baseline;
  const [second] = candidate;
  if (!first || !second) throw new RangeError('A comparison needs at least one run on each side.');
  const names = new Set([...baseline, ...candidate].map(({ history }) => history.scenario.name));
  if (names.size > 1) throw new RangeError(`Runs of different scenarios cannot be compared: ${[...names].join(', ')}.`);

  const compared: Compared[] = [];
  for (const [metric, { unit, better }] of metricDefinitions(outlineOf(first.history))) {
    const values = numbers(baseline, metric);
    const others = numbers(candidate, metric);
    if (better === null || values.length === 0 || others.length === 0) continue;
    const { difference, basis } = differ(metric, first, second, values, others);
    const pair = { baseline: middle(values), candidate: middle(others) };
    compared.push({ metric, unit, ...pair, difference, basis, verdict: judge(pair, difference, basis, better) });
  }
  return compared;
}

function numbers(runs: Analysed[], metric: string): number[] {
  return runs.map(({ analysis }) => analysis.metrics.get(metric)).filter((value) => typeof value === 'number');
}

function middle(values: number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const half = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[half]! : (ordered[half - 1]! + ordered[half]!) / 2;
}

type Difference = Pick<Compared, 'difference' | 'basis'>;

function differ(metric: string, first: Analysed, second: Analysed, values: number[], others: number[]): Difference {
  if (RIGHT_IS_ZERO.test(metric)) return { difference: null, basis: 'exact' };
  if (values.length >= FEWEST_RUNS && others.length >= FEWEST_RUNS) return shifted(values, others, 'runs');
  if (metric.endsWith('requests.errorRate')) return byRequests(metric, first.history, second.history);
  return bySeconds(metric, first.history, second.history);
}

function shifted(values: number[], others: number[], basis: Basis): Difference {
  const { estimate, interval } = shift(values, others, CONFIDENCE);
  return { difference: interval && { estimate, ...interval }, basis };
}

function byRequests(metric: string, first: RunHistory, second: RunHistory): Difference {
  const trials = [first, second].map((history) => {
    const { ok, total } = countRequests(scopeOf(loadsOf(metric, history)));
    return { successes: total - ok, trials: total };
  });
  return { difference: proportionDifference(trials[0]!, trials[1]!, CONFIDENCE), basis: 'requests' };
}

function bySeconds(metric: string, first: RunHistory, second: RunHistory): Difference {
  const [values, others] = [first, second].map((history) => perSecond(metric, loadsOf(metric, history)));
  return values && others && values.length > 0 && others.length > 0
    ? shifted(values, others, 'seconds')
    : { difference: null, basis: 'none' };
}

/** The loads that a metric's path names: `PHASE.`, `PHASE.LOAD.` or `overall.`. */
function loadsOf(metric: string, history: RunHistory): LoadHistory[] {
  const [phaseName, loadName] = metric.split('.');
  const phase = history.phases.find(({ name }) => name === phaseName);
  if (!phase) return allLoads(history);
  const load = phase.loads.find(({ spec }) => spec.name === loadName);
  return load ? [load] : phase.loads;
}

const WINDOW_MS = 1000;

/** The metric in each whole second of the loads, for those metrics that a second has. */
function perSecond(metric: string, loads: LoadHistory[]): number[] | undefined {
  const [, family, name] = /(latency|serviceTime|throughput)\.(\w+)$/.exec(metric) ?? [];
  if (family === undefined || name === undefined || name === 'offeredPerSecond') return undefined;
  const seconds = loads.flatMap(wholeSeconds);
  if (family === 'throughput') return seconds.map((load) => countRequests(scopeOf([load])).ok);
  return seconds.flatMap((load) => {
    const latency = measureLatency(scopeOf([load]), family === 'latency' ? 'responseTime' : 'serviceTime');
    const value = latency && ({ ...latency } as Record<string, unknown>)[name];
    const percentile = latency?.percentiles.find((entry) => `${entry.name}Ms` === name)?.valueMs;
    return typeof value === 'number' ? [value] : percentile === undefined ? [] : [percentile];
  });
}

/** One load per whole second of it. */
function wholeSeconds(load: LoadHistory): LoadHistory[] {
  const { operations } = load;
  const whole = Math.floor((load.endedAt - load.startedAt) / WINDOW_MS);
  const seconds = Array.from({ length: whole }, (): number[] => []);
  for (let index = 0; index < operations.length; index += 1) {
    seconds[Math.floor((operations.intendedAt(index) - load.startedAt) / WINDOW_MS)]?.push(index);
  }
  return seconds.map((indexes) => ({ ...load, operations: operations.pick(indexes) }));
}

function judge(
  pair: { baseline: number; candidate: number },
  difference: Compared['difference'],
  basis: Basis,
  better: 'lower' | 'higher',
): Compared['verdict'] {
  if (basis === 'exact' && pair.baseline !== pair.candidate) return pair.candidate < pair.baseline ? 'better' : 'worse';
  if (difference === null) return pair.baseline === pair.candidate ? 'same' : 'cannot tell';
  if (difference.low === 0 && difference.high === 0) return 'same';
  if (difference.low <= 0 && difference.high >= 0) return 'cannot tell';
  return difference.estimate < 0 === (better === 'lower') ? 'better' : 'worse';
}
