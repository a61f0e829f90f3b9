import t, { type Test } from 'tap';
import { chiSquareTest } from './chi-square.ts';
import { chiSquareCdf, chiSquareQuantile } from './distributions.ts';
import { exactTails, pearsonStatistic, simulatedTails } from './multinomial.ts';

const close = (t: Test, actual: number, expected: number, within: number) =>
  t.ok(Math.abs(actual - expected) <= within, `${actual} is within ${within} of ${expected}`);

void t.test('quantiles agree with the published table', async (t) => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.4.
  const table: [p: number, df: number, x: number][] = [
    [0.95, 1, 3.841],
    [0.95, 3, 7.815],
    [0.95, 10, 18.307],
    [0.999, 3, 16.266],
    [0.05, 3, 0.352],
    [0.05, 10, 3.94],
  ];
  for (const [p, df, x] of table) {
    close(t, chiSquareQuantile(p, df), x, 0.0006);
    close(t, chiSquareCdf(x, df), p, 0.0006);
  }
});

void t.test('given shares: the example of R, ?chisq.test', async (t) => {
  // chisq.test(c(89,37,30,28,2), p = c(40,20,20,15,5), rescale.p = TRUE): X-squared = 9.9901, df = 4, p-value = 0.04059
  const result = chiSquareTest([89, 37, 30, 28, 2], [0.4, 0.2, 0.2, 0.15, 0.05]);
  close(t, result.statistic, 9.9901, 0.0001);
  close(t, result.upperP, 0.04059, 0.00001);
  t.equal(result.degreesOfFreedom, 4);
  t.equal(result.method, 'chi-square');
});

void t.test('small counts get an exact p', async (t) => {
  // Two categories are a binomial test: R, binom.test(9, 10): p-value = 0.02148
  const two = chiSquareTest([9, 1]);
  t.equal(two.method, 'exact');
  close(t, two.upperP, 0.02148, 0.00001);
  // Three balls in three bins by hand: 6 of 27 outcomes are even, 3 of 27 have all in one.
  close(t, chiSquareTest([1, 1, 1]).lowerP, 6 / 27, 1e-9);
  close(t, chiSquareTest([3, 0, 0]).upperP, 3 / 27, 1e-9);
});

void t.test('a tie of two categories is not impossible', async (t) => {
  const { lowerP, method } = chiSquareTest([1000, 1000]);
  t.equal(method, 'exact');
  close(t, lowerP, 0.01784, 0.00001); // choose(2000, 1000) / 2^2000
});

void t.test('simulation agrees with enumeration', async (t) => {
  const shares = [0.5, 0.3, 0.2];
  const observed = pearsonStatistic([9, 2, 1], shares, 12);
  const exact = exactTails(observed, shares, 12);
  const simulated = simulatedTails(observed, shares, 12, { draws: 20_000, seed: 7 });
  close(t, simulated.upperP, exact.upperP, 0.01);
  close(t, simulated.lowerP, exact.lowerP, 0.01);
});

void t.test('many categories with few counts are simulated', async (t) => {
  t.equal(chiSquareTest(Array.from({ length: 20 }, () => 2)).method, 'simulated');
});

void t.test('refuses what it cannot test', async (t) => {
  t.throws(() => chiSquareTest([5]), RangeError);
  t.throws(() => chiSquareTest([0, 0]), RangeError);
  t.throws(() => chiSquareTest([1, 2], [1]), RangeError);
});
