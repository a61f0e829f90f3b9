import t from 'tap';
import { SharedReadings } from './shared-readings.ts';
import type { Stats } from './stats.ts';

void t.test('who comes during a reading shares the next one, never the one that has begun', async (t) => {
  const readings: { minutes: number; end: (stats: Stats | Error) => void }[] = [];
  const shared = new SharedReadings(
    ({ minutes }) =>
      new Promise((resolve, reject) =>
        readings.push({ minutes, end: (stats) => (stats instanceof Error ? reject(stats) : resolve(stats)) }),
      ),
  );
  const read = (minutes = 60) => shared.read({ minutes, templates: 10 });
  const stats = (generatedAt: string) => ({ generatedAt }) as Stats;
  const turn = () => new Promise((resolve) => void setImmediate(resolve));

  const first = read();
  await turn();
  const later = [read(), read(), read()];
  const other = read(5);
  await turn();
  t.equal(readings.length, 1);
  readings[0]?.end(stats('first'));
  t.match(await first, { generatedAt: 'first' });
  await turn();
  t.same(
    readings.map(({ minutes }) => minutes),
    [60, 60],
  );
  readings[1]?.end(new Error('away'));
  t.match(await Promise.allSettled(later), [{ reason: Error }, { reason: Error }, { reason: Error }]);
  await turn();
  t.equal(readings[2]?.minutes, 5, 'a failure does not stop those that come after it');
  readings[2]?.end(stats('other'));
  t.match(await other, { generatedAt: 'other' });
});
