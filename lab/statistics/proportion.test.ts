import t, { type Test } from 'tap';
import {
  bonferroni,
  clopperPearsonInterval,
  type Interval,
  proportionDifference,
  wilsonInterval,
} from './proportion.ts';
import { seededRandom } from './random.ts';

function within(t: Test, actual: Interval, low: number, high: number): void {
  t.ok(Math.abs(actual.low - low) < 0.00006, `low ${actual.low} is ${low}`);
  t.ok(Math.abs(actual.high - high) < 0.00006, `high ${actual.high} is ${high}`);
}

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
const NEWCOMBE = [
  { successes: 81, trials: 263, wilson: [0.2553, 0.3662], exact: [0.2527, 0.3676] },
  { successes: 15, trials: 148, wilson: [0.0624, 0.1605], exact: [0.0578, 0.1617] },
  { successes: 0, trials: 20, wilson: [0, 0.1611], exact: [0, 0.1684] },
  { successes: 1, trials: 29, wilson: [0.0061, 0.1718], exact: [0.0009, 0.1776] },
] as const;

void t.test('Wilson and Clopper-Pearson agree with the published examples', async (t) => {
  for (const { successes, trials, wilson, exact } of NEWCOMBE) {
    within(t, wilsonInterval(successes, trials, 0.95), wilson[0], wilson[1]);
    within(t, clopperPearsonInterval(successes, trials, 0.95), exact[0], exact[1]);
  }
});

void t.test('the difference of proportions agrees with the published example', async (t) => {
  // Newcombe, "Interval estimation for the difference between independent proportions", same volume, table II (a), method 10.
  const difference = proportionDifference({ successes: 48, trials: 80 }, { successes: 56, trials: 70 }, 0.95);
  within(t, difference, 0.0524, 0.3339);
  t.ok(Math.abs(difference.estimate - 0.2) < 1e-9);
});

void t.test('Bonferroni intervals hold together', async (t) => {
  const random = seededRandom(11);
  const confidence = bonferroni(0.99, 4);
  let held = 0;
  for (let run = 0; run < 2000; run += 1) {
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 400; draw += 1) counts[random.integer(4)]! += 1;
    const all = counts.every((count) => {
      const { low, high } = wilsonInterval(count, 400, confidence);
      return low <= 0.25 && high >= 0.25;
    });
    if (all) held += 1;
  }
  t.ok(held / 2000 > 0.98, `${held} of 2000`);
});

void t.test('refuses a proportion of nothing', async (t) => {
  t.throws(() => wilsonInterval(0, 0, 0.95), RangeError);
  t.throws(() => clopperPearsonInterval(1, 10_000, 0.95), RangeError);
});
