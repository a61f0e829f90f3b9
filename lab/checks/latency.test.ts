import t from 'tap';
import { loadBalanceRun } from '../history/testing-runs.ts';
import { analyse } from './analyse.ts';
import { measureLatency } from './latency.ts';
import { allLoads, scopeOf } from './scope.ts';

void t.test('response time counts from when a request was due', async (t) => {
  // A stall of a second: the client sent what was due in it afterwards, and each answer then took 3 ms.
  const run = loadBalanceRun({
    disturb: (operation) => {
      const resumed = 2200;
      if (operation.intendedAt > 1200 && operation.intendedAt < resumed) {
        operation.startedAt = resumed;
        operation.endedAt = resumed + 3;
      }
    },
  });
  const scope = scopeOf(allLoads(run));
  const p95 = (clock: 'responseTime' | 'serviceTime') =>
    measureLatency(scope, clock)!.percentiles.find(({ name }) => name === 'p95')!.valueMs;
  t.ok(p95('serviceTime') < 10, 'the service was fast');
  t.ok(p95('responseTime') > 500, 'those who waited did not think so');
});

void t.test('percentiles beyond the samples are not given', async (t) => {
  const { metrics } = analyse(loadBalanceRun({ requests: 500 }));
  t.type(metrics.get('steady.latency.p99Ms'), 'number');
  t.match(metrics.get('steady.latency.p999Ms'), { missing: 'p999 takes 1000 samples, there are 500' });
});
