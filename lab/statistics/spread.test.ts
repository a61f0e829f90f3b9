import t from 'tap';
import { coefficientOfVariation, equalShares, jainIndex, maxOverMean, totalVariationDistance } from './spread.ts';

void t.test("Jain's index", async (t) => {
  // Jain, Chiu and Hawe 1984, section 3: if k of n users share equally and the others get nothing, the index is k/n.
  t.equal(jainIndex([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 0.2);
  t.equal(jainIndex([7, 7, 7]), 1);
  // It does not depend on the scale.
  t.equal(jainIndex([1, 2, 3]), jainIndex([100, 200, 300]));
  t.ok(Math.abs(jainIndex([1, 2, 3]) - 36 / 42) < 1e-12);
  t.equal(jainIndex([0, 0]), 1);
});

void t.test('other measures of evenness', async (t) => {
  t.equal(maxOverMean([30, 10, 20]), 1.5);
  t.equal(coefficientOfVariation([5, 5, 5]), 0);
  // The index is 1 / (1 + CV^2).
  t.ok(Math.abs(jainIndex([1, 2, 3, 9]) - 1 / (1 + coefficientOfVariation([1, 2, 3, 9]) ** 2)) < 1e-12);
  t.equal(totalVariationDistance([1, 0], [0, 1]), 1);
  t.equal(totalVariationDistance([0.5, 0.5], equalShares(2)), 0);
});
