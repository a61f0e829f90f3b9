import t, { type Test } from 'tap';
import { chiSquareTest } from './chi-square.ts';
import { noncentralChiSquareCdf } from './distributions.ts';
import { powerAgainstSkew, requiredNoncentrality, smallestDetectableSkew } from './power.ts';
import { drawIndex, seededRandom } from './random.ts';

const close = (t: Test, actual: number, expected: number, within: number) =>
  t.ok(Math.abs(actual - expected) <= within, `${actual} is within ${within} of ${expected}`);

void t.test('noncentrality agrees with the published table', async (t) => {
  // G. E. Haynam, Z. Govindarajulu, F. C. Leone, "Tables of the cumulative non-central chi-square distribution", 1970.
  const table: [df: number, power: number, noncentrality: number][] = [
    [1, 0.8, 7.849],
    [1, 0.9, 10.507],
    [2, 0.8, 9.635],
    [3, 0.8, 10.903],
  ];
  for (const [df, power, expected] of table)
    close(t, requiredNoncentrality(df, { alpha: 0.05, power }), expected, 0.001);
  close(t, noncentralChiSquareCdf(7.815, 3, 0), 0.95, 0.0001);
});

void t.test('simulated power is as computed', async (t) => {
  const ratio = smallestDetectableSkew(400, 4, { alpha: 0.05, power: 0.8 })!;
  close(t, powerAgainstSkew(400, 4, 0.25, ratio, 0.05), 0.8, 0.001);
  const random = seededRandom(9);
  const share = ratio / 4;
  const shares = [share, (1 - share) / 3, (1 - share) / 3, (1 - share) / 3];
  let found = 0;
  for (let run = 0; run < 2000; run += 1) {
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 400; draw += 1) counts[drawIndex(random, shares)]! += 1;
    if (chiSquareTest(counts).upperP < 0.05) found += 1;
  }
  close(t, found / 2000, 0.8, 0.04);
});

void t.test('nothing can be found in a handful', async (t) => {
  t.equal(smallestDetectableSkew(3, 4, { alpha: 0.001, power: 0.9 }), null);
});
