/** Pearson's chi-square test of counts against shares, with both tails. */
import { sum } from 'simple-statistics';
import { chiSquareCdf } from './distributions.ts';
import { compositions, exactTails, pearsonStatistic, simulatedTails } from './multinomial.ts';
import { equalShares } from './spread.ts';

export interface ChiSquareResult {
  statistic: number;
  degreesOfFreedom: number;
  /** P(X >= statistic): small when the counts differ more than chance explains. */
  upperP: number;
  /** P(X <= statistic): small when the counts are more even than chance explains. */
  lowerP: number;
  /** How p was found: all outcomes enumerated, the chi-square approximation, or a seeded simulation. */
  method: 'exact' | 'chi-square' | 'simulated';
}

/** Below this expected count the approximation is poor (Cochran 1954). */
const SMALL_EXPECTED_COUNT = 5;
/** Outcomes that are enumerated without a noticeable wait. */
const ENUMERABLE_OUTCOMES = 50_000;
const SIMULATION = { draws: 20_000, seed: 20_261 };

/**
 * Tests counts of independent choices against shares (equal ones if none are given; all above 0, sum 1).
 * p is exact wherever all outcomes can be enumerated: the lower tail needs it, since counts can tie by chance,
 * which the continuous approximation holds for impossible. Throws a RangeError for fewer than two categories or no counts.
 */
export function chiSquareTest(counts: number[], shares: number[] = equalShares(counts.length)): ChiSquareResult {
  const total = sum(counts);
  if (counts.length < 2 || counts.length !== shares.length || total === 0) {
    throw new RangeError(
      'The chi-square test takes at least two categories, a share for each, and at least one count.',
    );
  }
  const statistic = pearsonStatistic(counts, shares, total);
  const degreesOfFreedom = counts.length - 1;
  if (compositions(total, counts.length) <= ENUMERABLE_OUTCOMES) {
    return { statistic, degreesOfFreedom, ...exactTails(statistic, shares, total), method: 'exact' };
  }
  if (total * Math.min(...shares) < SMALL_EXPECTED_COUNT) {
    return {
      statistic,
      degreesOfFreedom,
      ...simulatedTails(statistic, shares, total, SIMULATION),
      method: 'simulated',
    };
  }
  const lowerP = chiSquareCdf(statistic, degreesOfFreedom);
  return { statistic, degreesOfFreedom, lowerP, upperP: 1 - lowerP, method: 'chi-square' };
}
