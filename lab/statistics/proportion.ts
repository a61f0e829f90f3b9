/** Confidence intervals of proportions. */
import { betaQuantile, normalQuantile } from './distributions.ts';

export interface Interval {
  low: number;
  high: number;
}

/** Clopper-Pearson leans on the incomplete beta function, which jstat holds accurate up to about this size. */
const EXACT_TRIALS = 5_000;

/**
 * Wilson's score interval (E. B. Wilson, JASA 22, 1927). `confidence` is that of this one interval; for several at once
 * pass `bonferroni(confidence, count)`. Throws a RangeError without trials.
 */
export function wilsonInterval(successes: number, trials: number, confidence: number): Interval {
  requireTrials(trials);
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - reach),
    high: successes === trials ? 1 : Math.min(1, centre + reach),
  };
}

/**
 * The exact interval (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934), never shorter than promised.
 * Throws a RangeError without trials or with more than 5,000: Wilson's is as good there.
 */
export function clopperPearsonInterval(successes: number, trials: number, confidence: number): Interval {
  requireTrials(trials);
  if (trials > EXACT_TRIALS) throw new RangeError(`Use Wilson's interval for more than ${EXACT_TRIALS} trials.`);
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/** Confidence that each of `count` intervals needs for all of them to hold together with the given confidence. */
export function bonferroni(confidence: number, count: number): number {
  return 1 - (1 - confidence) / count;
}

/**
 * Interval of the difference of two independent proportions, second minus first
 * (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10).
 */
export function proportionDifference(
  first: { successes: number; trials: number },
  second: { successes: number; trials: number },
  confidence: number,
): Interval & { estimate: number } {
  const a = wilsonInterval(first.successes, first.trials, confidence);
  const b = wilsonInterval(second.successes, second.trials, confidence);
  const p = first.successes / first.trials;
  const q = second.successes / second.trials;
  return {
    estimate: q - p,
    low: q - p - Math.hypot(q - b.low, a.high - p),
    high: q - p + Math.hypot(b.high - q, p - a.low),
  };
}

function requireTrials(trials: number): void {
  if (!(trials > 0)) throw new RangeError('A proportion needs at least one trial.');
}
