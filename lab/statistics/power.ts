/** What a sample of a given size can show: the power of the chi-square test against one category that gets too much. */
import { chiSquareQuantile, noncentralChiSquareCdf } from './distributions.ts';

export interface TestStrength {
  /** Probability of a false alarm. */
  alpha: number;
  /** Probability of finding what is there. */
  power: number;
}

/** Probability that the test at `alpha` finds a category with `ratio` times its `share`, the others shrinking in proportion. */
export function powerAgainstSkew(
  samples: number,
  categories: number,
  share: number,
  ratio: number,
  alpha: number,
): number {
  const noncentrality = (samples * (ratio - 1) ** 2 * share) / (1 - share);
  const critical = chiSquareQuantile(1 - alpha, categories - 1);
  return 1 - noncentralChiSquareCdf(critical, categories - 1, noncentrality);
}

/**
 * Smallest ratio to its share (equal by default) at which a category is found with the given power;
 * null when not even a category that gets everything would be.
 */
export function smallestDetectableSkew(
  samples: number,
  categories: number,
  strength: TestStrength,
  share: number = 1 / categories,
): number | null {
  const ratio = 1 + Math.sqrt((requiredNoncentrality(categories - 1, strength) * (1 - share)) / (samples * share));
  return ratio <= 1 / share ? ratio : null;
}

/** It depends on no sample, costs a millisecond, and is asked for in every classification. */
const known = new Map<string, number>();

/** The noncentrality at which the test has the power, by bisection. */
export function requiredNoncentrality(degreesOfFreedom: number, { alpha, power }: TestStrength): number {
  const key = [degreesOfFreedom, alpha, power].join();
  const value = known.get(key) ?? bisectNoncentrality(degreesOfFreedom, alpha, power);
  known.set(key, value);
  return value;
}

function bisectNoncentrality(degreesOfFreedom: number, alpha: number, power: number): number {
  const critical = chiSquareQuantile(1 - alpha, degreesOfFreedom);
  const missed = (noncentrality: number) =>
    noncentralChiSquareCdf(critical, degreesOfFreedom, noncentrality) > 1 - power;
  let low = 0;
  let high = 1;
  while (missed(high)) high *= 2;
  while (high - low > 1e-7 * high) {
    const middle = (low + high) / 2;
    if (missed(middle)) low = middle;
    else high = middle;
  }
  return high;
}
