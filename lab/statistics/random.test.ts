import t from 'tap';
import { chiSquareTest } from './chi-square.ts';
import { drawIndex, drawNormal, seededRandom } from './random.ts';

function numbers(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, () => random.next());
}

void t.test('the same seed gives the same numbers, another one others', async (t) => {
  t.same(numbers(1), numbers(1));
  t.notSame(numbers(1), numbers(2));
});

void t.test('draws have their distributions', async (t) => {
  const random = seededRandom(1);
  const digits = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 20_000; draw += 1) digits[random.integer(10)]! += 1;
  t.ok(chiSquareTest(digits).upperP > 0.001);
  const shares = [0.7, 0.2, 0.1];
  const counts = [0, 0, 0];
  for (let draw = 0; draw < 20_000; draw += 1) counts[drawIndex(random, shares)]! += 1;
  t.ok(chiSquareTest(counts, shares).upperP > 0.001);
  const normal = Array.from({ length: 20_000 }, () => drawNormal(random));
  const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
  const variance = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal.length;
  t.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `mean ${mean}, variance ${variance}`);
});
