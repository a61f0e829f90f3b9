/** Single numbers that say how even a set of counts is. All take counts of the categories, empty ones as zeros. */
import { max, mean, standardDeviation, sum } from 'simple-statistics';

/**
 * Jain's fairness index, (sum x)^2 / (n sum x^2): 1 when all are equal, 1/n when one has everything; 1 for all zeros.
 * R. Jain, D. Chiu, W. Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC-TR-301, 1984.
 */
export function jainIndex(counts: number[]): number {
  const squares = sum(counts.map((count) => count * count));
  return squares === 0 ? 1 : sum(counts) ** 2 / (counts.length * squares);
}

/** Largest count over the mean: 1 when even, n when one has everything. NaN for all zeros. */
export function maxOverMean(counts: number[]): number {
  return max(counts) / mean(counts);
}

/** Standard deviation (of the population) over the mean. NaN for all zeros. */
export function coefficientOfVariation(counts: number[]): number {
  return standardDeviation(counts) / mean(counts);
}

/** Half the sum of |p - q|: the share that would have to move to make the two distributions equal; 0 to 1. */
export function totalVariationDistance(p: number[], q: number[]): number {
  return sum(p.map((share, index) => Math.abs(share - q[index]!))) / 2;
}

/** Equal shares for `size` categories. */
export function equalShares(size: number): number[] {
  return Array.from({ length: size }, () => 1 / size);
}
