/** Quantiles from all samples (no histogram, no sketch) and their confidence intervals. */
import { binomialPmf, normalQuantile } from './distributions.ts';
import type { Interval } from './proportion.ts';

/** Up to here the binomial ranks are exact; above, the normal approximation differs by less than a rank in a hundred. */
const EXACT_RANKS = 2_000;

/** A sorted copy; numeric order. */
export function sorted(samples: ArrayLike<number>): Float64Array {
  return Float64Array.from(samples).sort();
}

/**
 * Quantile of sorted samples by linear interpolation between order statistics: type 7 of R. J. Hyndman and Y. Fan,
 * The American Statistician 50, 1996, which R, numpy and pandas use by default. NaN for no samples.
 */
export function quantile(sortedSamples: ArrayLike<number>, probability: number): number {
  const position = (sortedSamples.length - 1) * probability;
  const below = Math.floor(position);
  const low = sortedSamples[below];
  const high = sortedSamples[Math.ceil(position)];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (position - below);
}

/**
 * Distribution-free interval of a quantile between two order statistics (H. A. David and H. N. Nagaraja, Order
 * Statistics, 2003, section 7.1). Null when there are too few samples for the tail: p99 at 95 % takes 368.
 * Assumes independent samples; latencies in one run follow each other, so the true interval is somewhat wider.
 */
export function quantileInterval(
  sortedSamples: ArrayLike<number>,
  probability: number,
  confidence: number,
): Interval | null {
  const count = sortedSamples.length;
  const tail = (1 - confidence) / 2;
  const low = sortedSamples[rankAtMost(tail, count, probability) - 1];
  const high = sortedSamples[count - rankAtMost(tail, count, 1 - probability)];
  return low === undefined || high === undefined ? null : { low, high };
}

/** Largest rank r (from 1) with P(Bin(count, probability) < r) <= tail; 0 if there is none. */
function rankAtMost(tail: number, count: number, probability: number): number {
  if (count > EXACT_RANKS) {
    const spread = Math.sqrt(count * probability * (1 - probability));
    return Math.max(0, Math.floor(count * probability + normalQuantile(tail) * spread));
  }
  let below = 0;
  for (let rank = 0; rank < count; rank += 1) {
    below += binomialPmf(rank, count, probability);
    if (below > tail) return rank;
  }
  return count;
}
