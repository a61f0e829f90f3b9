import t from 'tap';
import { madePhase, madeRun, podsOn } from '../history/testing.ts';
import { seededRandom } from '../statistics/random.ts';
import { analyse } from './analyse.ts';

function phases(driver: 'autocannon' | 'constant-rate', ...sizes: [pods: number, ratePerSecond: number][]) {
  const random = seededRandom(1);
  let startedAt = 0;
  return sizes.map(([count, ratePerSecond], index) => {
    const phase = madePhase({
      phase: `pods-${count}`,
      startedAt,
      requests: ratePerSecond * 4,
      ratePerSecond,
      pods: podsOn(count),
      random,
      driver,
      index,
    });
    startedAt = phase.endedAt;
    return phase;
  });
}

void t.test('speed-up, efficiency and serial fraction against the first phase', async (t) => {
  // Amdahl with a serial fraction of 0.2: four pods give 1 / (0.2 + 0.8 / 4) = 2.5 times the throughput.
  const { metrics } = analyse(madeRun('scale', phases('autocannon', [1, 200], [4, 500])));
  const near = (path: string, expected: number) =>
    t.ok(Math.abs((metrics.get(path) as number) / expected - 1) < 0.02, path);
  near('pods-4.scale.speedup', 2.5);
  near('pods-4.scale.efficiency', 2.5 / 4);
  near('pods-4.scale.serialFraction', 0.2);
  t.equal(metrics.get('pods-4.scale.pods'), 4);
  t.type(metrics.get('pods-1.scale.speedup'), 'object');
});

void t.test('an open loop offers what it offers, so that it has no speed-up', async (t) => {
  const { metrics } = analyse(madeRun('scale', phases('constant-rate', [1, 200], [4, 500])));
  t.match(metrics.get('pods-4.scale.speedup'), { missing: /closed loops/ });
});

void t.test('several loads of a phase are measured one by one and together', async (t) => {
  const [phase] = phases('autocannon', [2, 200]);
  const [other] = phases('autocannon', [2, 200]);
  const second = other!.loads[0]!;
  Object.assign(second.spec, { name: 'second', index: 1 });
  const { metrics } = analyse(madeRun('two', [{ ...phase!, loads: [...phase!.loads, second] }]));
  t.equal(metrics.get('pods-2.requests.total'), 1600);
  t.equal(metrics.get('pods-2.second.requests.total'), 800);
  t.equal(metrics.get('pods-2.distribution.pods.choices'), 1600);
});
