import t from 'tap';
import type { RunHistory } from '../history/history.ts';
import { loadBalanceRun, lostLogsRun, nodeFailureRun } from '../history/testing-runs.ts';
import { analyse } from './analyse.ts';
import { compareRuns } from './comparison.ts';

const analysed = (history: RunHistory) => ({ history, analysis: analyse(history) });
const slower = (seed: number, factor: number) =>
  loadBalanceRun({
    seed,
    requests: 8000,
    disturb: (operation) => {
      operation.endedAt = operation.startedAt + (operation.endedAt - operation.startedAt) * factor;
    },
  });

function verdict(baseline: RunHistory[], candidate: RunHistory[], metric: string) {
  return compareRuns(baseline.map(analysed), candidate.map(analysed)).find((entry) => entry.metric === metric);
}

void t.test('a run against itself differs in nothing', async (t) => {
  const run = analysed(loadBalanceRun());
  const verdicts = new Set(compareRuns([run], [run]).map((entry) => entry.verdict));
  t.notOk(verdicts.has('better') || verdicts.has('worse'), [...verdicts].join());
});

void t.test('half as slow again is worse, the same is not told', async (t) => {
  const slow = verdict([slower(1, 1)], [slower(2, 1.5)], 'steady.latency.p50Ms')!;
  t.match(slow, { verdict: 'worse', basis: 'seconds' });
  t.ok(slow.difference!.low > 0.5 && slow.difference!.high < 3);
  t.equal(verdict([slower(2, 1.5)], [slower(1, 1)], 'steady.latency.p50Ms')!.verdict, 'better');
  t.equal(verdict([slower(1, 1)], [slower(5, 1)], 'steady.latency.p50Ms')!.verdict, 'cannot tell');
});

void t.test('with four runs a side, runs are compared', async (t) => {
  const found = verdict(
    [1, 2, 3, 4].map((seed) => slower(seed, 1)),
    [5, 6, 7, 8].map((seed) => slower(seed, 1.5)),
    'steady.latency.p90Ms',
  )!;
  t.match(found, { verdict: 'worse', basis: 'runs' });
});

void t.test('lost logs are worse, however few', async (t) => {
  t.match(verdict([loadBalanceRun()], [lostLogsRun(1)], 'ledger.lost'), { verdict: 'worse', basis: 'exact' });
});

void t.test('errors are compared by requests, single values not at all', async (t) => {
  const broken = loadBalanceRun({
    disturb: (o) => void (o.seq % 20 === 0 && Object.assign(o, { outcome: 'fail', status: 503 })),
  });
  t.match(verdict([loadBalanceRun()], [broken], 'steady.requests.errorRate'), { verdict: 'worse', basis: 'requests' });
  const later = nodeFailureRun();
  later.faults[0]!.startedAt -= 500;
  t.match(verdict([nodeFailureRun()], [later], 'failure.recovery.seconds'), { verdict: 'cannot tell', basis: 'none' });
});

void t.test('different scenarios are not compared', async (t) => {
  t.throws(() => compareRuns([analysed(loadBalanceRun())], [analysed(nodeFailureRun())]), /different scenarios/);
  t.throws(() => compareRuns([], []), RangeError);
});
