/** Whether a sequence of choices is more regular than chance, told from short blocks of it. */
import { chiSquareTest } from './chi-square.ts';
import { chiSquareCdf } from './distributions.ts';
import { pearsonStatistic } from './multinomial.ts';

/** Choices in a block, per category: enough for Pearson's statistic to have its mean and variance. */
const BLOCK_PER_CATEGORY = 10;
/** With fewer blocks than this the whole sample is tested at once, exactly. */
const FEWEST_BLOCKS = 10;

/**
 * Lower-tail p value of the sum of Pearson's statistics over consecutive blocks. Whole-run counts cannot tell round-robin
 * from chance between two categories, because a tie is not rare (2 % at 2,000 choices); many short blocks that are
 * all near a tie are. Blocks also forgive that concurrent requests are recorded slightly out of order.
 */
export function underDispersionP(choices: ArrayLike<number>, shares: readonly number[]): number {
  const size = BLOCK_PER_CATEGORY * shares.length;
  const blocks = Math.floor(choices.length / size);
  if (blocks < FEWEST_BLOCKS) return chiSquareTest(countChoices(choices, shares.length), [...shares]).lowerP;
  let statistic = 0;
  for (let block = 0; block < blocks; block += 1) {
    const counts = new Uint32Array(shares.length);
    for (let index = block * size; index < (block + 1) * size; index += 1) counts[choices[index]!]! += 1;
    statistic += pearsonStatistic(counts, shares, size);
  }
  return chiSquareCdf(statistic, blocks * (shares.length - 1));
}

/** How often each category was chosen. */
export function countChoices(choices: ArrayLike<number>, categories: number): number[] {
  const counts = Array.from({ length: categories }, () => 0);
  for (let index = 0; index < choices.length; index += 1) counts[choices[index]!]! += 1;
  return counts;
}
