/** Comparing two samples without assuming a distribution. */
import { median } from 'simple-statistics';
import { normalQuantile } from './distributions.ts';
import type { Interval } from './proportion.ts';

/** Above this many values in both samples together the ranks come from the normal approximation. */
const EXACT_SIZE = 40;

export interface Shift {
  /** Hodges-Lehmann estimate: the median of all differences second - first. */
  estimate: number;
  /** Null when the samples are too small for the confidence asked. */
  interval: Interval | null;
}

/**
 * How much larger the second sample is than the first, with the interval that inverts the Mann-Whitney test
 * (J. L. Hodges and E. L. Lehmann 1963; M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods, section 4.3).
 * Throws a RangeError for an empty sample.
 */
export function shift(first: number[], second: number[], confidence: number): Shift {
  if (first.length === 0 || second.length === 0) throw new RangeError('Both samples need at least one value.');
  const differences = second.flatMap((b) => first.map((a) => b - a)).sort((x, y) => x - y);
  const skipped = ranksToSkip(first.length, second.length, (1 - confidence) / 2);
  const low = differences[skipped];
  const high = differences[differences.length - 1 - skipped];
  const usable = skipped >= 0 && low !== undefined && high !== undefined && low <= high;
  return { estimate: median(differences), interval: usable ? { low, high } : null };
}

/** Largest u with P(U <= u) <= tail for the Mann-Whitney statistic; -1 if there is none. */
function ranksToSkip(m: number, n: number, tail: number): number {
  if (m + n > EXACT_SIZE) {
    const spread = Math.sqrt((m * n * (m + n + 1)) / 12);
    return Math.floor((m * n) / 2 + normalQuantile(tail) * spread) - 1;
  }
  const probabilities = mannWhitneyDistribution(m, n);
  let below = 0;
  return probabilities.findIndex((probability) => (below += probability) > tail) - 1;
}

/** P(U = u) for u from 0 to m*n without ties: counts of the Gaussian binomial coefficient, over all orders. */
export function mannWhitneyDistribution(m: number, n: number): number[] {
  // ways[u]: orders of i first and j second values with u inversions, built by whichever value comes last.
  let row = Array.from({ length: m + 1 }, () => [1]);
  for (let j = 1; j <= n; j += 1) {
    const next: number[][] = [[1]];
    for (let i = 1; i <= m; i += 1) next.push(addShifted(next[i - 1]!, row[i]!, j, i));
    row = next;
  }
  const ways = row[m]!;
  const total = ways.reduce((a, b) => a + b);
  return ways.map((count) => count / total);
}

/** Last value from the first sample: above all j of the second. Otherwise from the second: no new inversion. */
function addShifted(lastFirst: number[], lastSecond: number[], j: number, i: number): number[] {
  const sum = Array.from({ length: i * j + 1 }, () => 0);
  for (const [u, count] of lastFirst.entries()) sum[u + j]! += count;
  for (const [u, count] of lastSecond.entries()) sum[u]! += count;
  return sum;
}
