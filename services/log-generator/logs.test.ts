import t from 'tap';
import { generateLogs } from './logs.ts';

const take = (seed: number, count: number) => {
  const logs = generateLogs(seed, () => '2026-01-31T08:15:00Z');
  return Array.from({ length: count }, () => logs.next().value);
};

void t.test('the same seed gives the same logs', async (t) => {
  t.same(take(42, 100), take(42, 100));
  t.same(take(42, 10), take(42, 100).slice(0, 10));
  t.equal(take(42, 1)[0]?.id, 'a01a2cc2-c0e5-87a6-846b-000000000000');
});

void t.test('ids differ within a seed and between seeds', async (t) => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 33, Number.MAX_SAFE_INTEGER];
  const ids = seeds.flatMap((seed) => take(seed, 1000).map(({ id }) => id));
  t.equal(new Set(ids).size, ids.length);
  for (const id of ids) t.match(id, /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
});

void t.test('every level and service occurs', async (t) => {
  const logs = take(1, 10_000);
  t.equal(new Set(logs.map(({ level }) => level)).size, 6);
  t.equal(new Set(logs.map(({ service }) => service)).size, 5);
  const info = logs.filter(({ level }) => level === 'info').length;
  t.ok(Math.abs(info / logs.length - 0.6) < 0.03, `${info} of ${logs.length} are info`);
});
