import t from 'tap';
import { mannWhitneyDistribution, shift } from './location.ts';
import { drawNormal, seededRandom } from './random.ts';

void t.test('the distribution of U agrees with the table', async (t) => {
  // H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947), table I: m = n = 5, P(U <= 2) = .016
  const five = mannWhitneyDistribution(5, 5);
  const below = five.slice(0, 3).reduce((sum, p) => sum + p, 0);
  t.ok(Math.abs(below - 4 / 252) < 1e-12);
  t.equal(five.length, 26);
  t.ok(Math.abs(five.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
});

void t.test('Hodges-Lehmann estimate of the published example', async (t) => {
  // Hollander and Wolfe, Nonparametric Statistical Methods, table 4.1 (also R, ?wilcox.test): difference 0.305.
  const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const earlier = [1.15, 0.88, 0.9, 0.74, 1.21];
  const { estimate, interval } = shift(earlier, term, 0.95);
  t.ok(Math.abs(estimate - 0.305) < 1e-9);
  t.ok(interval!.low < 0 && interval!.high > 0.305);
});

void t.test('three against three cannot reach 95 %, four against four can', async (t) => {
  t.equal(shift([1, 2, 3], [11, 12, 13], 0.95).interval, null);
  t.same(shift([1, 2, 3, 4], [11, 12, 13, 14], 0.95).interval, { low: 7, high: 13 });
});

void t.test('the interval covers the shift as often as it says', async (t) => {
  const random = seededRandom(21);
  for (const size of [8, 25]) {
    let covered = 0;
    for (let run = 0; run < 500; run += 1) {
      const first = Array.from({ length: size }, () => drawNormal(random));
      const second = Array.from({ length: size }, () => drawNormal(random) + 2);
      const { low, high } = shift(first, second, 0.95).interval!;
      if (low <= 2 && high >= 2) covered += 1;
    }
    t.ok(covered >= 465 && covered <= 498, `${covered} of 500 with ${size} values`);
  }
});

void t.test('refuses an empty sample', async (t) => {
  t.throws(() => shift([], [1], 0.95), RangeError);
});
