/** Seeded randomness: the same seed gives the same numbers on every machine, so that simulations and tests repeat. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** Uniform in [0, 1), with 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, bound); bound from 1 to 2^32. */
  integer(bound: number): number;
}

/** A generator of its own for each seed (xoroshiro128+, Blackman and Vigna 2018). */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const next = () => (generator.next() >>> 0) / 2 ** 32;
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

/** Index drawn with the given shares, which sum to 1. */
export function drawIndex(random: Random, shares: readonly number[]): number {
  let remaining = random.next();
  for (const [index, share] of shares.entries()) {
    remaining -= share;
    if (remaining < 0) return index;
  }
  return shares.length - 1;
}

/** Standard normal draw (Box and Muller 1958). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
