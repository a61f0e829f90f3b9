import t from 'tap';
import { classify, type Verdict } from './classify.ts';
import { drawIndex, seededRandom } from './random.ts';

/** The scenario that students start with: 2,000 independent choices over 4 pods. */
const CHOICES = 2000;
const EQUAL = [0.25, 0.25, 0.25, 0.25];
const RUNS = 10_000;

function verdicts(shares: number[], runs = RUNS): Map<Verdict, number> {
  const random = seededRandom(1);
  const counts = new Map<Verdict, number>();
  for (let run = 0; run < runs; run += 1) {
    const choices = Uint8Array.from({ length: CHOICES }, () => drawIndex(random, shares));
    const { verdict } = classify({ choices, shares: shares.map(() => 1 / shares.length) });
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return counts;
}

void t.test('random traffic is random in at least 99 % of 10,000 runs', async (t) => {
  const counts = verdicts(EQUAL);
  t.ok(counts.get('random')! >= 0.99 * RUNS, JSON.stringify([...counts]));
});

void t.test('a pod with 1.5 times its share is skewed in at least 99 % of 10,000 runs', async (t) => {
  const counts = verdicts([0.375, 0.625 / 3, 0.625 / 3, 0.625 / 3]);
  t.ok(counts.get('skewed')! >= 0.99 * RUNS, JSON.stringify([...counts]));
});

void t.test('two categories are told as well, though they tie by chance in 2 % of runs', async (t) => {
  t.ok(verdicts([0.5, 0.5], 2000).get('random')! >= 0.99 * 2000);
});

void t.test('strict round-robin always', async (t) => {
  const random = seededRandom(4);
  for (const pods of [2, 3, 4, 7]) {
    for (let start = 0; start < pods; start += 1) {
      const choices = Array.from({ length: CHOICES }, (_, index) => (index + start) % pods);
      const shares = choices.slice(0, pods).map(() => 1 / pods);
      t.equal(classify({ choices, shares }).verdict, 'round-robin');
      // Concurrent requests are recorded slightly out of order.
      for (let index = 0; index + 8 < CHOICES; index += 4) {
        const other = index + random.integer(8);
        [choices[index], choices[other]] = [choices[other]!, choices[index]!];
      }
      t.equal(classify({ choices, shares }).verdict, 'round-robin');
    }
  }
});

void t.test('pinned connections always', async (t) => {
  const random = seededRandom(6);
  for (const connections of [2, 8, 50, 200]) {
    for (let run = 0; run < 50; run += 1) {
      const homes = Array.from({ length: connections }, () => random.integer(4));
      const numbers = Array.from({ length: CHOICES }, (_, index) => index % connections);
      const requests = { connections: numbers, choices: numbers.map((number) => homes[number]!) };
      t.equal(classify({ choices: homes, shares: EQUAL, requests }).verdict, 'pinned');
    }
  }
});

void t.test('kept connections through an ingress are not pinned', async (t) => {
  const random = seededRandom(8);
  const choices = Array.from({ length: CHOICES }, () => random.integer(4));
  const connections = choices.map((_, index) => index % 10);
  t.equal(classify({ choices, shares: EQUAL, requests: { connections, choices } }).verdict, 'random');
});

void t.test('few choices are too few, unless they are far off', async (t) => {
  const random = seededRandom(10);
  const few = Array.from({ length: 40 }, () => random.integer(4));
  t.equal(classify({ choices: few, shares: EQUAL }).verdict, 'too-few');
  t.equal(classify({ choices: Array.from({ length: 40 }, () => 2), shares: EQUAL }).verdict, 'skewed');
});

void t.test('unequal shares are tested as such', async (t) => {
  const random = seededRandom(12);
  const shares = [0.75, 0.25];
  const choices = Array.from({ length: CHOICES }, () => drawIndex(random, shares));
  t.equal(classify({ choices, shares }).verdict, 'random');
  t.equal(classify({ choices, shares: [0.5, 0.5] }).verdict, 'skewed');
});
