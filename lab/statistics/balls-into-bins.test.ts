import t, { type Test } from 'tap';
import { emptyBins, expectedNormalMaximum, fullestBin } from './balls-into-bins.ts';
import { seededRandom } from './random.ts';

const close = (t: Test, actual: number, expected: number, within = 1e-9) =>
  t.ok(Math.abs(actual - expected) <= within, `${actual} is within ${within} of ${expected}`);

void t.test('small cases by hand', async (t) => {
  close(t, fullestBin(2, 2).expectedMaxShare, 0.75);
  // Three balls, three bins: 6 of 27 outcomes have a maximum of 1, 18 of 2, and 3 of 3.
  const three = fullestBin(3, 3);
  close(t, three.expectedMaxShare, 51 / 27 / 3);
  const expected = [6 / 27, 18 / 27, 3 / 27];
  for (const [index, { probability }] of three.distribution.entries()) close(t, probability, expected[index]!);
  close(t, fullestBin(5, 1).expectedMaxShare, 1);
});

void t.test('the birthday problem', async (t) => {
  // 23 people, no two with the same birthday: 0.492703 (W. Feller, An Introduction to Probability Theory 1, section II.3).
  close(t, fullestBin(23, 365).distribution[0]!.probability, 0.492703, 1e-6);
  close(t, emptyBins(3, 3).expected, 24 / 27);
  close(t, emptyBins(3, 3).noneProbability, 6 / 27);
});

void t.test('expected largest of n normal values agrees with the table', async (t) => {
  // D. Teichroew, Annals of Mathematical Statistics 27 (1956).
  close(t, expectedNormalMaximum(1), 0, 1e-4);
  close(t, expectedNormalMaximum(2), 0.56419, 1e-4);
  close(t, expectedNormalMaximum(4), 1.02938, 1e-4);
  close(t, expectedNormalMaximum(10), 1.53875, 1e-4);
});

void t.test('exact and asymptotic values meet', async (t) => {
  for (const bins of [2, 4, 10]) {
    const exact = fullestBin(300, bins);
    const asymptotic = fullestBin(301, bins);
    t.equal(exact.method, 'exact');
    t.equal(asymptotic.method, 'asymptotic');
    close(t, exact.expectedMaxShare / asymptotic.expectedMaxShare, 1, 0.01);
    const bound = ({ distribution }: typeof exact) => {
      let below = 0;
      return distribution.find(({ probability }) => (below += probability) >= 0.99)!.share;
    };
    // The exact bound is a multiple of 1/300.
    close(t, bound(exact) / bound(asymptotic), 1, 0.03);
  }
});

void t.test('agrees with simulation', async (t) => {
  const random = seededRandom(3);
  let sum = 0;
  for (let run = 0; run < 20_000; run += 1) {
    const counts = [0, 0, 0, 0];
    for (let ball = 0; ball < 10; ball += 1) counts[random.integer(4)]! += 1;
    sum += Math.max(...counts) / 10;
  }
  close(t, fullestBin(10, 4).expectedMaxShare, sum / 20_000, 0.005);
});
