import t from 'tap';
import { startArrivals } from './arrivals.ts';

const now = () => performance.now();

void t.test('every arrival once, in order, never early, without drift', async (t) => {
  const arrivals: { intendedAt: number; at: number }[] = [];
  await new Promise<void>((resolve) => {
    startArrivals(50, 2.5, now, (intendedAt) => {
      if (arrivals.push({ intendedAt, at: now() }) === 50) resolve();
    });
  });
  const first = arrivals[0]!.intendedAt;
  t.ok(arrivals.every(({ intendedAt, at }, index) => intendedAt === first + index * 2.5 && at >= intendedAt));
});

void t.test('what a pause of the process made overdue arrives at once', async (t) => {
  const arrivals: { intendedAt: number; at: number }[] = [];
  let resumedAt = 0;
  await new Promise<void>((resolve) => {
    startArrivals(60, 2, now, (intendedAt) => {
      arrivals.push({ intendedAt, at: now() });
      if (arrivals.length === 10) resumedAt = block(50);
      if (arrivals.length === 60) resolve();
    });
  });
  const overdue = arrivals.slice(10).filter(({ intendedAt }) => intendedAt <= resumedAt);
  t.ok(overdue.length >= 24, `${overdue.length} were overdue`);
  t.ok(overdue.every(({ at }, index) => index === 0 || at - overdue[index - 1]!.at < 2));
});

/** Returns the time at which it let go. */
function block(durationMs: number): number {
  const until = now() + durationMs;
  while (now() < until);
  return now();
}

void t.test('cancelled, nothing more arrives', async (t) => {
  let arrived = 0;
  await new Promise<void>((resolve) => {
    const cancel = startArrivals(100, 1, now, () => {
      if (++arrived < 5) return;
      cancel();
      setTimeout(resolve, 20);
    });
  });
  t.equal(arrived, 5);
});
