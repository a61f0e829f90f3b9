/**
 * Expectations: `METRIC OPERATOR VALUE [unit]`, as a scenario states them and a run answers them. A time may be
 * `detection`, `detection + VALUE [unit]`: what the cluster at hand may need to notice a dead node, and so much more.
 */
import { didYouMean } from '../nearest.ts';
import { metricDefinitions, type MetricTable, type PhaseOutline } from './catalogue.ts';
import { isMissing, type MetricValue, type Unit } from './metric.ts';

type Operator = '==' | '!=' | '<=' | '>=' | '<' | '>';
export type Outcome = 'pass' | 'fail' | 'unknown';

export interface Expectation {
  text: string;
  metric: string;
  unit: Unit;
  operator: Operator;
  /** In the metric's own unit. */
  value: MetricValue;
  /** Whether the value comes on top of the cluster's detection time. */
  fromDetection: boolean;
}

export interface Judged {
  text: string;
  metric: string;
  unit: Unit;
  /** Null when it could not be measured. */
  measured: MetricValue | null;
  outcome: Outcome;
  /** Why the outcome is unknown, what is known instead of a value, or what a relative value came to. */
  reason: string | null;
}

/** Factors to the metric's own unit, by what may be written after the number. */
const UNITS: Record<Unit, Record<string, number>> = {
  count: { '': 1 },
  number: { '': 1 },
  ratio: { '': 1, '%': 0.01 },
  perSecond: { '': 1, '/s': 1 },
  ms: { '': 1, ms: 1, s: 1000 },
  seconds: { '': 1, s: 1, ms: 0.001, min: 60 },
  word: {},
  boolean: {},
};

const SHAPE = /^\s*(\S+?)\s*(==|!=|<=|>=|<|>)\s*(.*\S)\s*$/;
const VALUE = /^(\S+?)\s*(%|\/s|ms|s|min)?$/;
const FROM_DETECTION = /^detection(?:\s*\+\s*(.+))?$/;

/** Throws a RangeError that says what is wrong and suggests what may have been meant. */
export function parseExpectation(text: string, phases: PhaseOutline[]): Expectation {
  const [, metric, operator, right = ''] = SHAPE.exec(text) ?? [];
  const relative = FROM_DETECTION.exec(right);
  const [, word, suffix = ''] = VALUE.exec(relative ? (relative[1] ?? '0') : right) ?? [];
  if (metric === undefined || word === undefined) {
    throw new RangeError(`"${text}" is no expectation; write METRIC OPERATOR VALUE, as in: ledger.lost == 0`);
  }
  const definitions = metricDefinitions(phases);
  const definition = definitions.get(metric);
  if (!definition) {
    throw new RangeError(`there is no metric "${metric}"${didYouMean(metric, definitions.keys())}`);
  }
  const { unit, words } = definition;
  const value =
    unit === 'word' || unit === 'boolean'
      ? asWord(metric, unit, words, word + suffix)
      : asNumber(metric, unit, word, suffix);
  if (typeof value !== 'number' && operator !== '==' && operator !== '!=') {
    throw new RangeError(`"${metric}" is a word: compare it with == or !=, not with ${operator}`);
  }
  const fromDetection = relative !== null;
  if (fromDetection && unit !== 'seconds' && unit !== 'ms')
    throw new RangeError(`"${metric}" is no time: it cannot be compared with "detection"`);
  return { text, metric, unit, operator: operator as Operator, value, fromDetection };
}

/** What is wrong with an expectation; undefined when nothing is. */
export function checkExpectation(text: string, phases: PhaseOutline[]): string | undefined {
  try {
    parseExpectation(text, phases);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function asWord(metric: string, unit: Unit, words: readonly string[] | undefined, word: string): MetricValue {
  const allowed = unit === 'boolean' ? ['true', 'false'] : (words ?? []);
  if (!allowed.includes(word)) {
    throw new RangeError(
      `"${metric}" is never "${word}"; it is one of ${allowed.join(', ')}${didYouMean(word, allowed)}`,
    );
  }
  return unit === 'boolean' ? word === 'true' : word;
}

function asNumber(metric: string, unit: Unit, word: string, suffix: string): number {
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word) : Number.NaN;
  if (Number.isNaN(number)) throw new RangeError(`"${metric}" is a number; "${word}${suffix}" is none`);
  const factor = UNITS[unit][suffix];
  if (factor === undefined) {
    const allowed = Object.keys(UNITS[unit]).filter((known) => known !== '');
    const hint = allowed.length > 0 ? `; it takes ${allowed.join(', ')}` : '; it takes no unit';
    throw new RangeError(`"${metric}" cannot be given in "${suffix}"${hint}`);
  }
  return number * factor;
}

/**
 * Compares with what was measured; unknown when the metric has no value or its samples are too few, or when the value
 * depends on a detection time that is null, which is one that is not known.
 */
export function evaluate(expectation: Expectation, metrics: MetricTable, detectionSeconds: number | null): Judged {
  const { text, metric, unit, fromDetection } = expectation;
  const value = fromDetection ? addDetection(expectation, detectionSeconds) : expectation.value;
  const measured = metrics.get(metric);
  const judged = (outcome: Outcome, reason: string | null = null): Judged => ({
    text,
    metric,
    unit,
    measured: measured === undefined || isMissing(measured) ? null : measured,
    outcome,
    reason,
  });
  if (value === null) return judged('unknown', "the cluster's timing is not known");
  if (measured === undefined) return judged('unknown', 'the run did not get that far');
  if (isMissing(measured)) {
    const surpassed = expectation.operator.startsWith('<') && (measured.atLeast ?? -Infinity) > Number(value);
    return judged(surpassed ? 'fail' : 'unknown', measured.missing);
  }
  if (measured === 'too-few' && value !== 'too-few') return judged('unknown', 'too few samples to tell');
  const came = fromDetection
    ? `${/detection.*/.exec(text)![0].trim()} is ${inSeconds(Number(value), unit)} s here`
    : null;
  return judged(HOLDS[expectation.operator](measured, value) ? 'pass' : 'fail', came);
}

function addDetection({ value, unit }: Expectation, detectionSeconds: number | null): number | null {
  if (detectionSeconds === null) return null;
  return Number(value) + detectionSeconds * UNITS[unit]['s']!;
}

function inSeconds(value: number, unit: Unit): number {
  return value / UNITS[unit]['s']!;
}

const HOLDS: Record<Operator, (measured: MetricValue, value: MetricValue) => boolean> = {
  '==': (measured, value) => measured === value,
  '!=': (measured, value) => measured !== value,
  '<=': (measured, value) => measured <= value,
  '>=': (measured, value) => measured >= value,
  '<': (measured, value) => measured < value,
  '>': (measured, value) => measured > value,
};
