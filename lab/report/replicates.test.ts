import t from 'tap';
import { loadBalanceRun, lostLogsRun, tooFewRun } from '../history/testing-runs.ts';
import type { RunHistory } from '../history/history.ts';
import { buildReport } from './build.ts';
import { renderReplicates, summarise } from './replicates.ts';

const report = (history: RunHistory) => buildReport(history, {});

void t.test('six runs: outcomes, and an interval for the median', async (t) => {
  const runs = [1, 2, 3, 4, 5, 6].map((seed) => report(loadBalanceRun({ seed })));
  const summary = summarise(runs);
  t.match(summary, { passed: 6, outcome: 'pass' });
  t.ok(Math.abs(summary.passProbability.low - 0.025 ** (1 / 6)) < 1e-9);
  const verdict = summary.figures.find(({ metric }) => metric === 'steady.distribution.nodes.verdict')!;
  t.same(verdict.words, { random: 6 });
  const p99 = summary.figures.find(({ metric }) => metric === 'steady.latency.p99Ms')!;
  const values = runs.map((run) => run.metrics['steady.latency.p99Ms'] as number).toSorted((a, b) => a - b);
  t.match(p99, { samples: 6, lowest: values[0], highest: values[5], interval: { low: values[0], high: values[5] } });
  t.match(renderReplicates(summary), /6 of 6 runs of load-balance passed: .* between 54\.1 % and 100 %/);
});

void t.test('the worst outcome counts', async (t) => {
  const [pass, fail, unknown] = [loadBalanceRun(), lostLogsRun(), tooFewRun()].map(report);
  t.equal(summarise([pass!, unknown!]).outcome, 'unknown');
  t.equal(summarise([unknown!, fail!, pass!]).outcome, 'fail');
  t.equal(summarise([pass!, fail!]).figures[0]!.interval, null, 'two runs are too few for an interval');
});
