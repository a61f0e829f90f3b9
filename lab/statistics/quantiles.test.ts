import t from 'tap';
import { quantile, quantileInterval, sorted } from './quantiles.ts';
import { seededRandom } from './random.ts';

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

void t.test('type 7, as in R', async (t) => {
  // R: quantile(1:10, c(.25, .5, .99)) is 3.25, 5.5, 9.91; quantile(c(1, 2, 4, 8), .9) is 6.8
  const ten = sorted([10, 1, 9, 2, 8, 3, 7, 4, 6, 5]);
  t.equal(quantile(ten, 0.25), 3.25);
  t.equal(quantile(ten, 0.5), 5.5);
  t.ok(Math.abs(quantile(ten, 0.99) - 9.91) < 1e-9);
  t.ok(Math.abs(quantile(sorted([1, 2, 4, 8]), 0.9) - 6.8) < 1e-9);
  t.equal(quantile(sorted([5]), 0.99), 5);
  t.ok(Number.isNaN(quantile(sorted([]), 0.5)));
});

void t.test('intervals of the median lie at the published ranks', async (t) => {
  // W. J. Conover, Practical Nonparametric Statistics, 1999, section 3.2: ranks 2 and 9 of 10, 40 and 61 of 100, at 95 %.
  t.same(quantileInterval(upTo(10), 0.5, 0.95), { low: 2, high: 9 });
  t.same(quantileInterval(upTo(100), 0.5, 0.95), { low: 40, high: 61 });
});

void t.test('a tail needs samples', async (t) => {
  // 0.99^n <= 0.025 first holds for n = 368
  t.equal(quantileInterval(upTo(367), 0.99, 0.95), null);
  t.ok(quantileInterval(upTo(368), 0.99, 0.95));
});

void t.test('the interval covers the quantile as often as it says', async (t) => {
  const random = seededRandom(5);
  for (const size of [500, 5000]) {
    let covered = 0;
    for (let run = 0; run < 400; run += 1) {
      const samples = sorted(Array.from({ length: size }, () => random.next()));
      const { low, high } = quantileInterval(samples, 0.9, 0.95)!;
      if (low <= 0.9 && high >= 0.9) covered += 1;
    }
    t.ok(covered >= 400 * 0.92, `${covered} of 400 with ${size} samples`);
  }
});
