/** p values of Pearson's statistic without the chi-square approximation: by enumeration, or by seeded simulation. */
import { logFactorial } from './distributions.ts';
import { drawIndex, seededRandom } from './random.ts';

/** The two tails of a statistic, each including the observed value: P(X <= observed) and P(X >= observed). */
export interface Tails {
  lowerP: number;
  upperP: number;
}

/** Values that differ by rounding alone must count as equal. */
const TOLERANCE = 1e-9;

/** Pearson's statistic: sum of (observed - expected)^2 / expected. */
export function pearsonStatistic(counts: ArrayLike<number>, shares: readonly number[], total: number): number {
  let statistic = 0;
  for (const [index, share] of shares.entries()) statistic += (counts[index]! - total * share) ** 2 / (total * share);
  return statistic;
}

/** Number of ways to put `total` equal balls into `categories` bins. */
export function compositions(total: number, categories: number): number {
  return Math.exp(logFactorial(total + categories - 1) - logFactorial(total) - logFactorial(categories - 1));
}

/** Exact tails: walks over every possible outcome, so ask `compositions` first how many there are. */
export function exactTails(observed: number, shares: readonly number[], total: number): Tails {
  const logShares = shares.map((share) => Math.log(share));
  const logFactorials = Array.from({ length: total + 1 }, (_, count) => logFactorial(count));
  const tails: Tails = { lowerP: 0, upperP: 0 };
  const last = shares.length - 1;

  const visit = (index: number, left: number, statistic: number, logProbability: number): void => {
    const from = index === last ? left : 0;
    for (let count = from; count <= left; count += 1) {
      const expected = total * shares[index]!;
      const nextStatistic = statistic + (count - expected) ** 2 / expected;
      const nextLog = logProbability + count * logShares[index]! - logFactorials[count]!;
      if (index < last) visit(index + 1, left - count, nextStatistic, nextLog);
      else addTo(tails, nextStatistic, observed, Math.exp(nextLog));
    }
  };
  visit(0, total, 0, logFactorials[total]!);
  return { lowerP: Math.min(1, tails.lowerP), upperP: Math.min(1, tails.upperP) };
}

/**
 * Tails by simulation, with the observed outcome counted as one of the draws, so that p is never 0
 * (Davison and Hinkley, Bootstrap Methods, 1997, section 4.2.1).
 */
export function simulatedTails(
  observed: number,
  shares: readonly number[],
  total: number,
  options: { draws: number; seed: number },
): Tails {
  const random = seededRandom(options.seed);
  const tails: Tails = { lowerP: 1, upperP: 1 };
  for (let draw = 0; draw < options.draws; draw += 1) {
    const counts = new Uint32Array(shares.length);
    for (let ball = 0; ball < total; ball += 1) counts[drawIndex(random, shares)]! += 1;
    addTo(tails, pearsonStatistic(counts, shares, total), observed, 1);
  }
  return { lowerP: tails.lowerP / (options.draws + 1), upperP: tails.upperP / (options.draws + 1) };
}

function addTo(tails: Tails, statistic: number, observed: number, probability: number): void {
  if (statistic <= observed + TOLERANCE) tails.lowerP += probability;
  if (statistic >= observed - TOLERANCE) tails.upperP += probability;
}
