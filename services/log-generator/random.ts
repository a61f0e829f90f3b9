/** A small seeded generator of random numbers: the same seed gives the same sequence everywhere. */

/**
 * sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, passes BigCrush. The first rounds are thrown away, because
 * they still show the seed.
 */
export class Random {
  #a = 0;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed a non-negative safe integer */
  constructor(seed: number) {
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = seed | 0;
    for (let round = 0; round < 15; round++) this.next();
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** An integer from 0 to limit - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
