/** Several runs of one scenario together: how often it passed, and how much its figures differ from run to run. */
import type { Outcome } from '../checks/expectations.ts';
import { clopperPearsonInterval, type Interval } from '../statistics/proportion.ts';
import { quantile, quantileInterval, sorted } from '../statistics/quantiles.ts';
import { formatPercent, formatValue, NONE } from './format.ts';
import type { ReportModel } from './model.ts';

export interface Replicates {
  scenario: string;
  runs: { id: string; seed: number; outcome: Outcome; reasons: string[] }[];
  /** Of the runs, and the exact 95 % interval of the probability to pass. */
  passed: number;
  passProbability: Interval;
  /** The worst of all: fail before unknown before pass. */
  outcome: Outcome;
  figures: Figure[];
}

interface Figure {
  metric: string;
  unit: string;
  /** Runs that measured it. */
  samples: number;
  /** Null for words. */
  median: number | null;
  lowest: number | null;
  highest: number | null;
  /** Of the median, at 95 % and free of assumptions about the distribution: takes six runs. */
  interval: Interval | null;
  /** How often each word was the answer; null for numbers. */
  words: Record<string, number> | null;
}

const CONFIDENCE = 0.95;
const WORST_FIRST: Outcome[] = ['fail', 'unknown', 'pass'];

/** Beside the metrics of the expectations: what replicates are mostly run for. */
const ALWAYS = /^(overall|[^.]+)\.(throughput\.perSecond|latency\.p50Ms|latency\.p99Ms)$/;

/** `models`: reports of the same scenario, at least one. */
export function summarise(models: ReportModel[]): Replicates {
  const outcomes = models.map(({ outcome }) => outcome);
  const passed = outcomes.filter((outcome) => outcome === 'pass').length;
  return {
    scenario: models[0]!.scenario.name,
    runs: models.map(({ run, outcome, reasons }) => ({ id: run.id, seed: run.seed, outcome, reasons })),
    passed,
    passProbability: clopperPearsonInterval(passed, models.length, CONFIDENCE),
    outcome: WORST_FIRST.find((outcome) => outcomes.includes(outcome))!,
    figures: figuresOf(models),
  };
}

function figuresOf(models: ReportModel[]): Figure[] {
  const expected = models[0]!.expectations.map(({ metric, unit }): [string, string] => [metric, unit]);
  const others = Object.keys(models[0]!.metrics).filter((metric) => ALWAYS.test(metric));
  const units = new Map([...others.map((metric): [string, string] => [metric, unitOf(metric)]), ...expected]);
  return [...units]
    .filter(([metric]) => metric !== '')
    .map(([metric, unit]) => figure(metric, unit, models))
    .filter(({ samples }) => samples > 0);
}

function unitOf(metric: string): string {
  return metric.endsWith('Ms') ? 'ms' : 'perSecond';
}

function figure(metric: string, unit: string, models: ReportModel[]): Figure {
  const values = models.map(({ metrics }) => metrics[metric] ?? null).filter((value) => value !== null);
  const numbers = sorted(values.filter((value) => typeof value === 'number'));
  const base = { metric, unit, samples: values.length };
  if (numbers.length === 0) {
    const groups = Object.entries(Object.groupBy(values, String));
    const words = Object.fromEntries(groups.map(([word, same]): [string, number] => [word, same!.length]));
    return { ...base, median: null, lowest: null, highest: null, interval: null, words };
  }
  return {
    ...base,
    median: quantile(numbers, 0.5),
    lowest: numbers[0]!,
    highest: numbers.at(-1)!,
    interval: quantileInterval(numbers, 0.5, CONFIDENCE),
    words: null,
  };
}

/** Markdown; each run links to its report, which is in a directory of its id beside this file. */
export function renderReplicates(replicates: Replicates): string {
  const { scenario, runs, figures } = replicates;
  return [
    `# ${scenario}: ${runs.length} runs`,
    '',
    passedWords(replicates),
    '',
    '| Run | Seed | Outcome | Why |',
    '| --- | ---: | --- | --- |',
    ...runs.map(
      ({ id, seed, outcome, reasons }) =>
        `| [${id}](${id}/report.md) | ${seed} | ${outcome} | ${reasons.join('; ').replaceAll('|', '\\|') || NONE} |`,
    ),
    '',
    'Each figure is one value per run. The interval holds the median of all possible runs with 95 % confidence; it takes six.',
    '',
    '| Metric | Runs | Median | 95 % interval | Lowest | Highest |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...figures.map(figureRow),
    '',
  ].join('\n');
}

/** One sentence: how many passed, and what that says of the next run. */
export function passedWords({ scenario, runs, passed, passProbability: { low, high } }: Replicates): string {
  return `${passed} of ${runs.length} runs of ${scenario} passed: the probability to pass is between ${formatPercent(low)} and ${formatPercent(high)} (95 %).`;
}

function figureRow({ metric, unit, samples, median, lowest, highest, interval, words }: Figure): string {
  const value = (number: number | null) => (number === null ? NONE : formatValue(number, unit));
  const middle =
    words === null
      ? value(median)
      : Object.entries(words)
          .map(([word, count]) => `${word}: ${count}`)
          .join(', ');
  const range = interval === null ? NONE : `${value(interval.low)} – ${value(interval.high)}`;
  return `| \`${metric}\` | ${samples} | ${middle} | ${range} | ${value(lowest)} | ${value(highest)} |`;
}
