/**
 * What chance does to C connections that each settle on one of n pods, and stay there: balls into bins.
 * With few connections the fullest pod gets far more than its share although nothing is unfair (M. Raab and A. Steger,
 * "Balls into Bins", RANDOM 1998).
 */
import { binomialPmf, normalCdf, normalPdf } from './distributions.ts';
import { quantile } from './quantiles.ts';
import { drawNormal, seededRandom } from './random.ts';

export interface FullestBin {
  /** Expected count of the fullest bin, over all balls: the expected largest share. */
  expectedMaxShare: number;
  /** Distribution of that largest share, by increasing share: exact, less what is negligible, or by equal quantiles. */
  distribution: { share: number; probability: number }[];
  method: 'exact' | 'asymptotic';
}

/** The exact recursion costs about bins * balls^2.5 steps. */
const EXACT_BALLS = 300;
const NEGLIGIBLE = 1e-9;
const SIMULATION = { draws: 20_000, quantiles: 500, seed: 20_262 };

/** Largest share of `balls` thrown independently into `bins` equal bins; both at least 1. */
export function fullestBin(balls: number, bins: number): FullestBin {
  return balls <= EXACT_BALLS ? exactFullestBin(balls, bins) : asymptoticFullestBin(balls, bins);
}

function exactFullestBin(balls: number, bins: number): FullestBin {
  const distribution: FullestBin['distribution'] = [];
  let expectedMaxShare = 0;
  let below = 0;
  for (let most = Math.ceil(balls / bins); most <= balls && below < 1 - NEGLIGIBLE; most += 1) {
    const atMost = probabilityNoBinAbove(most, balls, bins);
    const probability = atMost - below;
    below = atMost;
    expectedMaxShare += (probability * most) / balls;
    if (probability > NEGLIGIBLE) distribution.push({ share: most / balls, probability });
  }
  return { expectedMaxShare, distribution, method: 'exact' };
}

/** Fills one bin after the other: each takes a binomial part of the balls that are left. */
function probabilityNoBinAbove(most: number, balls: number, bins: number): number {
  let remaining = new Float64Array(balls + 1);
  remaining[balls] = 1;
  for (let bin = bins; bin >= 1; bin -= 1) {
    const next = new Float64Array(balls + 1);
    for (let left = 0; left <= balls; left += 1) {
      const probability = remaining[left]!;
      if (probability < 1e-18) continue;
      for (let taken = 0; taken <= Math.min(most, left); taken += 1) {
        next[left - taken]! += probability * binomialPmf(taken, left, 1 / bin);
      }
    }
    remaining = next;
  }
  return remaining[0]!;
}

/**
 * For many balls the counts are normal with correlation -1/(bins-1), so the fullest exceeds its share by the largest of
 * `bins` normal values over their mean. Its expectation is known; its distribution comes from a seeded simulation.
 */
function asymptoticFullestBin(balls: number, bins: number): FullestBin {
  const unit = Math.sqrt(1 / (balls * bins));
  const random = seededRandom(SIMULATION.seed);
  const excesses = Float64Array.from({ length: SIMULATION.draws }, () => {
    const values = Array.from({ length: bins }, () => drawNormal(random));
    return Math.max(...values) - values.reduce((sum, value) => sum + value, 0) / bins;
  });
  excesses.sort();
  const probability = 1 / SIMULATION.quantiles;
  const distribution = Array.from({ length: SIMULATION.quantiles }, (_, index) => ({
    share: 1 / bins + unit * quantile(excesses, (index + 0.5) * probability),
    probability,
  }));
  return { expectedMaxShare: 1 / bins + expectedNormalMaximum(bins) * unit, distribution, method: 'asymptotic' };
}

/** Expected largest of n independent standard normal values, by the midpoint rule: 0 for 1, 0.5642 for 2, 1.0294 for 4. */
export function expectedNormalMaximum(n: number): number {
  const step = 0.001;
  let total = 0;
  for (let z = -9 + step / 2; z < 9; z += step) total += step * z * n * normalPdf(z) * normalCdf(z) ** (n - 1);
  return total;
}

/** Expected number of bins that stay empty, and the probability that none does. */
export function emptyBins(balls: number, bins: number): { expected: number; noneProbability: number } {
  const expected = bins * (1 - 1 / bins) ** balls;
  // Inclusion and exclusion over the sets of empty bins loses digits when bins are many and balls few: clamp.
  let none = 0;
  let ways = 1;
  for (let empty = 0; empty < bins; empty += 1) {
    none += (empty % 2 === 0 ? 1 : -1) * ways * (1 - empty / bins) ** balls;
    ways = (ways * (bins - empty)) / (empty + 1);
  }
  return { expected, noneProbability: balls < bins ? 0 : Math.min(1, Math.max(0, none)) };
}
