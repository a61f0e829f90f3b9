/** What a metric is: a name, a unit, and how to read it from what a checker found. */

export type MetricValue = number | string | boolean;

/** A metric that has no value in this run, and why: an expectation on it is unknown. */
export interface Missing {
  missing: string;
  /** What is known all the same: the value is at least this, since it had not ended when the record did. */
  atLeast?: number;
}

/** `number`: without a unit; `ratio`: a part of one, which may be written in percent; `word`: one of the metric's words. */
export type Unit = 'count' | 'number' | 'ratio' | 'perSecond' | 'ms' | 'seconds' | 'word' | 'boolean';

export interface Metric<Source> {
  /** Dotted, from the phase, load or run on: `latency.p99Ms`. */
  name: string;
  unit: Unit;
  /** Which way is better; null where neither is. */
  better: 'lower' | 'higher' | null;
  /** One line for a student. */
  meaning: string;
  /** Values of a word metric. */
  words?: readonly string[];
  read(source: Source): MetricValue | Missing;
}

export function missing(why: string): Missing {
  return { missing: why };
}

export function isMissing(value: MetricValue | Missing): value is Missing {
  return typeof value === 'object';
}

/** The value, or that it is missing and why, for a field that is null when it could not be measured. */
export function orMissing(value: MetricValue | null | undefined, why: string): MetricValue | Missing {
  return value ?? missing(why);
}
