import t from 'tap';
import type { PhaseHistory } from '../history/history.ts';
import { timeOut } from '../history/testing.ts';
import { nodeFailureRun } from '../history/testing-runs.ts';
import type { Operation } from '../load/load.ts';
import { analyse } from './analyse.ts';
import { judge } from './judge.ts';
import { predictNodeLoss } from './prediction.ts';

/** Changes the operations of a phase's load in place. */
function changeOperations(phase: PhaseHistory, change: (operation: Operation) => void): void {
  const { operations } = phase.loads[0]!;
  for (const [index, operation] of [...operations].entries()) {
    change(operation);
    operations.set(index, operation);
  }
}

void t.test('each step after a node’s loss is measured beside its prediction', async (t) => {
  const analysis = analyse(nodeFailureRun());
  const [fault] = analysis.phases[1]!.faults;
  const seconds = Object.fromEntries(fault!.steps.map((step) => [step.name, step.seconds]));
  t.match(seconds, { nodeNotReady: 8.4, endpointsRemoved: 8.45, evicted: 13.5, rescheduled: 13.6, podsReady: 14.9 });
  t.ok(
    fault!.steps.filter(({ predicted }) => predicted).every(({ asPredicted }) => asPredicted),
    'all as predicted',
  );
  t.equal(analysis.metrics.get('failure.timeline.nodeNotReadySeconds'), 8.4);
});

void t.test('recovery is the end of the last disturbed request', async (t) => {
  const history = nodeFailureRun();
  const { recovery } = analyse(history).phases[1]!.faults[0]!;
  const failed = [...history.phases[1]!.loads[0]!.operations].filter(({ outcome }) => outcome !== 'ok');
  const last = Math.max(...failed.map(({ endedAt }) => endedAt));
  t.ok(Math.abs(recovery.seconds! - (last - 15_000) / 1000) < 1e-9);
  t.equal(recovery.disturbedRequests, failed.length);
});

void t.test('without recovery the expectation is unknown, or failed when the record is long enough', async (t) => {
  const history = nodeFailureRun();
  changeOperations(history.phases[2]!, (operation) => timeOut(operation));
  const judged = (text: string) => {
    const run = { ...history, expectations: [text] };
    return judge(run, analyse(run)).expectations[0]!;
  };
  t.match(judged('failure.recovery.seconds <= 60'), { outcome: 'unknown', measured: null });
  t.match(judged('failure.recovery.seconds <= 20'), { outcome: 'fail', measured: null });
});

void t.test('a fault that no client notices has been recovered from at once', async (t) => {
  const history = nodeFailureRun();
  history.faults[0]!.startedAt = 30_000;
  t.equal(analyse(history).metrics.get('failure.recovery.seconds'), 0);
});

void t.test('a second with a single slow request is not disturbed', async (t) => {
  const history = nodeFailureRun();
  const { operations } = history.phases[1]!.loads[0]!;
  const last = [...operations].findLast(({ outcome }) => outcome === 'ok')!;
  operations.set(last.seq, { ...last, endedAt: last.endedAt + 500 });
  t.ok((analyse(history).metrics.get('failure.recovery.seconds') as number) < 12);
});

void t.test('a fault without evidence, or that failed, makes the run unknown', async (t) => {
  const history = nodeFailureRun({ evidence: false });
  t.match(judge(history, analyse(history)), {
    outcome: 'unknown',
    reasons: ['nothing shows that the fault stop-node on w1 took effect'],
  });
  history.faults[0]!.error = 'no such node';
  t.match(judge(history, analyse(history)).reasons, ['the fault stop-node on w1 failed: no such node']);
  Object.assign(history.faults[0]!, { error: 'this provider cannot stop a node', target: '' });
  t.match(judge(history, analyse(history)).reasons, ['the fault stop-node failed: this provider cannot stop a node']);
});

void t.test('Kubernetes’ own defaults predict what its documentation says', async (t) => {
  // 50 s grace period since 1.32, heartbeats every 10 s, a look every 5 s, eviction after 300 s.
  const timing = {
    nodeStatusUpdateFrequencySeconds: 10,
    nodeMonitorPeriodSeconds: 5,
    nodeMonitorGracePeriodSeconds: 50,
    tolerationSeconds: 300,
  };
  const { notReady, evicted } = predictNodeLoss(timing, []);
  t.match(notReady, { low: 40, high: 56 });
  t.match(evicted, { low: 340, high: 357 });
  t.same(predictNodeLoss({ ...timing, nodeMonitorPeriodSeconds: null }, []).notReady, null);
});

void t.test('a repair is the end of its fault and no fault of its own', async (t) => {
  const history = nodeFailureRun();
  const repair = { ...history.faults[0]!, phase: 'recovery', kind: 'start-node', startedAt: 37_000, endedAt: 37_100 };
  history.faults.push(repair);
  history.events.push({ at: 37_500, kind: 'Node', name: 'w1', what: 'ready' });
  const analysis = analyse(history);
  const [loss] = analysis.phases[1]!.faults;
  t.equal(loss!.steps.find(({ name }) => name === 'nodeReady')!.seconds, 22.5, 'the fault reaches beyond its repair');
  const [after] = analysis.phases[2]!.faults;
  t.same(
    after!.steps.map(({ name, seconds }) => [name, seconds]),
    [
      ['podsReady', null],
      ['nodeReady', 0.5],
      ['recovered', 0],
    ],
  );
});

void t.test('what a fault did to requests is no measure for the next one', async (t) => {
  const history = nodeFailureRun();
  const next = { ...history.faults[0]!, phase: 'recovery', kind: 'delete-pod', startedAt: 37_000, endedAt: 37_100 };
  history.faults.push(next);
  changeOperations(history.phases[1]!, (operation) => {
    if (operation.outcome === 'ok' && operation.intendedAt > 15_000) operation.endedAt += 5000;
  });
  changeOperations(history.phases[2]!, (operation) => {
    if (operation.intendedAt > 37_000 && operation.intendedAt < 38_000) operation.endedAt += 1000;
  });
  const { recovery } = analyse(history).phases[2]!.faults[0]!;
  t.ok(recovery.slowAboveMs! < 100);
  t.ok(recovery.disturbedRequests >= 190, `${recovery.disturbedRequests} slow requests were seen`);
  t.equal(recovery.lastErrorSeconds, 0, 'none of them failed');
});
