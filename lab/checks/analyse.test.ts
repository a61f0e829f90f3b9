import t from 'tap';
import {
  abortedRun,
  brokenBooksRun,
  loadBalanceRun,
  lostLogsRun,
  nodeFailureRun,
  pinnedRun,
  tooFewRun,
} from '../history/testing-runs.ts';
import { auditOf } from '../history/testing.ts';
import type { RunHistory } from '../history/history.ts';
import { analyse } from './analyse.ts';
import { knownMetrics, outlineOf } from './catalogue.ts';
import { judge } from './judge.ts';

function outcomeOf(history: RunHistory) {
  const analysis = analyse(history);
  return { ...judge(history, analysis), analysis };
}

void t.test('a random, healthy run passes', async (t) => {
  const { outcome, reasons, analysis } = outcomeOf(loadBalanceRun());
  t.same({ outcome, reasons }, { outcome: 'pass', reasons: [] });
  t.equal(analysis.metrics.get('steady.distribution.pods.verdict'), 'random');
  t.equal(analysis.metrics.get('steady.requests.failed'), 0);
  t.equal(analysis.metrics.get('books.client'), 2000);
});

void t.test('every known metric is measured, and no other', async (t) => {
  for (const history of [loadBalanceRun(), nodeFailureRun()]) {
    t.same([...analyse(history).metrics.keys()], knownMetrics(outlineOf(history)));
  }
});

void t.test('lost logs are a fail: the books agree about them', async (t) => {
  const { outcome, analysis } = outcomeOf(lostLogsRun(3));
  t.equal(outcome, 'fail');
  t.equal(analysis.metrics.get('ledger.lost'), 3);
  t.equal(analysis.metrics.get('books.reconciled'), true);
  t.same(analysis.ledger!.examples.lost, ['log-processor/0', 'log-processor/1', 'log-processor/2']);
});

void t.test('what a pod stored without hearing of it is in the database and in no counter', async (t) => {
  const run = loadBalanceRun();
  const { operations } = run.phases[0]!.loads[0]!;
  const open = operations.get(4);
  const last = run.counters.findLast((reading) => reading.pod === open.pod)!;
  operations.set(4, { ...open, outcome: 'info', status: 503 });
  last.requests['POST /logs 201']! -= 1;
  last.stored -= 1;
  t.same(analyse(run).books!.differences, []);
  last.stored -= 1;
  t.match(analyse(run).books!.differences, [/the database holds \d+ rows of \S+, which counted only \d+/]);
});

void t.test('duplicated and unexpected rows are found', async (t) => {
  const run = loadBalanceRun();
  const rows = run.audit.rows!;
  rows.set(5, { ...rows.get(5), copies: 2 });
  rows.push({ ...rows.get(0), seq: 9999 });
  rows.push({ ...rows.get(0), loadIndex: 7 });
  const { ledger } = analyse({ ...run, audit: auditOf(rows) });
  t.equal(ledger!.duplicated, 1);
  t.equal(ledger!.unexpected, 2);
  t.same(ledger!.examples.unexpected, ['log-processor/9999', 'load 7/0']);
});

void t.test('a load worker without a record: unknown, and its rows are nobody else’s', async (t) => {
  const run = loadBalanceRun();
  const [load] = run.phases[0]!.loads;
  const { operations } = load!;
  const worker = { node: 'w1', clock: { offsetMs: 0, uncertaintyMs: 1 } };
  const odd = Array.from({ length: operations.length / 2 }, (_, index) => 2 * index + 1);
  load!.operations = operations.pick(odd);
  load!.workers = [
    {
      ...worker,
      pod: 'load-0',
      startedAt: null,
      made: 700,
      recorded: 0,
      error: 'its process ended with exit code 137',
    },
    { ...worker, pod: 'load-1', startedAt: 200, made: odd.length, recorded: odd.length, error: null },
  ];
  const { outcome, reasons, analysis } = outcomeOf(run);
  t.equal(outcome, 'unknown');
  t.match(reasons[0], /load log-processor .* worker load-0: its process ended with exit code 137/);
  t.match(analysis.ledger, { silentWorkers: ['load-0'], unrecorded: 1000, unexpected: 0, lost: 0, acknowledged: 1000 });
});

void t.test('books that part are unknown, and it is said where', async (t) => {
  const { outcome, reasons } = outcomeOf(brokenBooksRun());
  t.equal(outcome, 'unknown');
  t.match(reasons[0], /the books part: log-processor-\S+ counted \d+ answers, but clients saw \d+ from it/);
});

void t.test('one pod acknowledging what another stored is a difference', async (t) => {
  const run = loadBalanceRun();
  const rows = run.audit.rows!;
  const first = rows.get(0);
  const other = [...rows].find(({ pod }) => pod !== first.pod)!;
  rows.set(0, { ...first, pod: other.pod });
  const { books } = analyse(run);
  t.ok(books!.differences.includes('1 logs were acknowledged by one pod and stored by another'));
});

void t.test('roll-ups that do not follow the rows are a difference', async (t) => {
  const run = loadBalanceRun();
  run.audit.rollupTotalAfter! -= 1;
  t.same(analyse(run).books!.differences, ['the per-minute roll-ups grew by 1999, the rows by 2000']);
});

void t.test('a pod that restarted is a lower bound', async (t) => {
  const run = loadBalanceRun();
  const last = run.counters.findLast((reading) => reading.at > 0)!;
  const stored = last.stored;
  Object.assign(last, {
    processStartSeconds: last.processStartSeconds + 60,
    stored: 3,
    requests: { 'POST /logs 201': 3 },
  });
  const { books } = analyse(run);
  const book = books!.pods.find(({ pod }) => pod === last.pod)!;
  t.match(book, { counted: 3, rows: stored, agrees: true, lowerBound: /restarted/ });
  t.equal(books!.reconciled, true);
});

void t.test('too few, aborted and unread runs are unknown', async (t) => {
  const few = outcomeOf(tooFewRun());
  t.equal(few.outcome, 'unknown');
  t.match(few.expectations[1], { measured: 'too-few', outcome: 'unknown', reason: 'too few samples to tell' });
  t.match(outcomeOf(abortedRun()), { outcome: 'unknown', reasons: ['the run was ended early: SIGINT'] });
  const run = loadBalanceRun();
  const unread = outcomeOf({ ...run, audit: { ...run.audit, rows: null, error: 'connection refused' } });
  t.equal(unread.outcome, 'unknown');
  t.match(unread.reasons[0], /connection refused/);
  t.match(outcomeOf({ ...run, expectations: [] }).reasons, ['the scenario expects nothing']);
});

void t.test('a crashed checker is named and makes the run unknown', async (t) => {
  const run = loadBalanceRun();
  const { outcome, reasons } = outcomeOf({ ...run, counters: null as never });
  t.equal(outcome, 'unknown');
  t.match(reasons[0], /the checker books crashed/);
});

void t.test('kept connections are pinned', async (t) => {
  const { analysis } = outcomeOf(pinnedRun());
  t.equal(analysis.metrics.get('steady.distribution.pods.verdict'), 'pinned');
  const { pods } = analysis.phases[0]!.all!.distribution!;
  t.equal(pods.choices, 10);
  t.equal(pods.requests, 2000);
  t.match(pods.theory!.words, /All 10 connections stayed .* carried 200 requests/);
});

void t.test('a pod that answers nothing is a category all the same', async (t) => {
  const history = loadBalanceRun({ choose: undefined as never });
  const idle = { pod: 'log-processor-idle', node: 'w1', app: 'log-processor', ready: true };
  for (const phase of history.phases) for (const pods of [phase.podsAtStart, phase.podsAtEnd]) pods.push(idle);
  const { pods, nodes } = analyse(history).phases[0]!.all!.distribution!;
  t.equal(pods.shares.find(({ name }) => name === idle.pod)!.requests, 0);
  t.equal(pods.verdict, 'skewed');
  t.same(
    nodes.shares.map(({ expectedShare }) => expectedShare),
    [0.6, 0.4],
  );
});

void t.test('a changing set of pods gets no verdict', async (t) => {
  const history = loadBalanceRun();
  history.phases[0]!.podsAtEnd = history.phases[0]!.podsAtEnd.slice(1);
  const { pods } = analyse(history).phases[0]!.all!.distribution!;
  t.equal(pods.verdict, null);
  t.match(pods.untested, /set of ready pods changed/);
});

void t.test('a load through a port-forward says nothing about balancing', async (t) => {
  const history = loadBalanceRun();
  for (const phase of history.phases) for (const load of phase.loads) load.balancing = 'none';
  const { analysis, outcome, reasons } = outcomeOf(history);
  t.match(analysis.phases[0]!.all!.distribution!.pods, { verdict: null, untested: /port-forward/ });
  t.equal(outcome, 'unknown');
  t.match(reasons.join(), /port-forward/);
});

void t.test('the same history always gives the same analysis', async (t) => {
  t.same(analyse(nodeFailureRun()), analyse(nodeFailureRun()));
});
