import t from 'tap';
import { estimateOffset } from './clock-offset.ts';

/** A clock that is ahead by `skewMs`, asked over a way that takes so long there and back. */
function scripted(skewMs: number, trips: [thereMs: number, backMs: number][]) {
  let now = 1000;
  let probe = 0;
  return {
    now: () => now,
    ask: async () => {
      const [there, back] = trips[probe++ % trips.length]!;
      now += there;
      const theirs = now + skewMs;
      now += back;
      return theirs;
    },
    probes: trips.length,
  };
}

void t.test('the quickest answer is believed', async (t) => {
  const { ask, now, probes } = scripted(-250, [
    [40, 2],
    [1, 1],
    [3, 90],
  ]);
  t.same(await estimateOffset(ask, now, probes), { offsetMs: -250, uncertaintyMs: 1 });
});

void t.test('the truth is within the uncertainty, however unequal the ways are', async (t) => {
  for (const skewMs of [0, 3_600_000, -17.25]) {
    for (const trip of [
      [9, 1],
      [0, 5],
      [6, 0],
    ] as [number, number][]) {
      const { ask, now } = scripted(skewMs, [trip]);
      const { offsetMs, uncertaintyMs } = await estimateOffset(ask, now, 3);
      t.ok(Math.abs(offsetMs - skewMs) <= uncertaintyMs, `${offsetMs} of ${skewMs} within ${uncertaintyMs}`);
      t.equal(uncertaintyMs, (trip[0] + trip[1]) / 2);
    }
  }
});
