import t from 'tap';
import { SimulatedWork } from './simulated-work.ts';

const full = new Error('full');
const make = (options: { delayMs: number; concurrency: number; queueLimit?: number }) =>
  new SimulatedWork({ queueLimit: 100, queueFull: () => full, ...options });

void t.test('no more at a time than there are places', async (t) => {
  const work = make({ delayMs: 20, concurrency: 2 });
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => work.perform()));
  t.ok(performance.now() - startedAt >= 3 * 19, 'six take three turns');
});

void t.test('without a limit all work at once, without a delay there is nothing to wait for', async (t) => {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 50 }, () => make({ delayMs: 200, concurrency: 0 }).perform()));
  await Promise.all(Array.from({ length: 50 }, () => make({ delayMs: 0, concurrency: 1 }).perform()));
  t.ok(performance.now() - startedAt < 50 * 200);
});

void t.test('who finds the queue full is refused at once, and the others get their turn', async (t) => {
  const work = make({ delayMs: 10, concurrency: 1, queueLimit: 2 });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => work.perform()));
  t.same(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  await work.perform();
});
