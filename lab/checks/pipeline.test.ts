import t from 'tap';
import { AuditRows } from '../history/audit-rows.ts';
import type { GeneratorAnswer, RunHistory } from '../history/history.ts';
import { madeRun, podsOn } from '../history/testing.ts';
import { analyse } from './analyse.ts';
import { judge } from './judge.ts';

const pods = podsOn(4);
const app = 'log-processor';

/** A run of log-generator that stored `counts[i]` logs in pod i, followed by a phase in which a new pod appears. */
function pipelineRun(counts: number[], change: Partial<GeneratorAnswer> = {}): RunHistory {
  const byPod = Object.fromEntries(pods.map(({ pod }, index) => [pod, counts[index]!]));
  const acknowledged = counts.reduce((sum, count) => sum + count, 0);
  const answer = { sent: acknowledged, acknowledged, duplicates: 0, failed: 0, indeterminate: 0, retried: 0 };
  const reading = (at: number, index: number, stored: number) => ({
    at,
    ...pods[index]!,
    processStartSeconds: 1,
    requests: { 'POST /logs 201': stored },
    stored,
    duplicates: 0,
  });
  const late = { ...reading(6000, 0, 50), pod: 'log-processor-late' };
  const places = { podsAtStart: pods, podsAtEnd: pods };
  return madeRun('pipeline', [], {
    phases: [
      {
        name: 'generate',
        startedAt: 10,
        endedAt: 2000,
        loads: [],
        ...places,
        generation: {
          request: { count: acknowledged, seed: 1 },
          app,
          startedAt: 20,
          endedAt: 1900,
          answer: { ...answer, byPod, byNode: {}, durationMs: 1880, ...change },
          error: null,
          rowsByPod: byPod,
          displayed: acknowledged,
        },
      },
      { name: 'later', startedAt: 2500, endedAt: 5900, loads: [], ...places },
    ],
    run: { id: 'x', hash: '0123456789ab', seed: 1, startedAtIso: '2026-11-02T09:00:00.000Z', durationMs: 6000 },
    counters: [
      ...pods.map((_, index) => reading(5, index, 7)),
      ...pods.map((_, index) => reading(2010, index, 7 + counts[index]!)),
      late,
    ],
    audit: {
      rows: new AuditRows(),
      error: null,
      rollupTotalBefore: 28,
      rollupTotalAfter: 28 + acknowledged,
      rawTotalBefore: 28,
      rawTotalAfter: 28 + acknowledged,
    },
    expectations: ['generate.pipeline.agree == true'],
  });
}

const metrics = (run: RunHistory) => analyse(run).metrics;

void t.test('four equal counts agree, whatever other pods do later', async (t) => {
  const run = pipelineRun([100, 120, 95, 85]);
  for (const name of ['acknowledged', 'counted', 'rows', 'displayed']) {
    t.equal(metrics(run).get(`generate.pipeline.${name}`), 400, name);
  }
  t.equal(metrics(run).get('generate.pipeline.served'), 4);
  // To the books, of course, a pod that stored logs of nobody is wrong.
  run.counters.pop();
  const analysis = analyse(run);
  t.same(judge(run, analysis).reasons, []);
  t.same(analysis.books!.differences, []);
  t.same(analysis.books!.notes, []);
});

void t.test('each of the four can differ', async (t) => {
  const displayed = pipelineRun([10, 10, 10, 10]);
  displayed.phases[0]!.generation!.displayed = 39;
  t.equal(metrics(displayed).get('generate.pipeline.agree'), false);

  const counted = pipelineRun([10, 10, 10, 10]);
  counted.counters[4]!.stored += 1;
  t.equal(metrics(counted).get('generate.pipeline.agree'), false);

  const acknowledged = pipelineRun([10, 10, 10, 10], { acknowledged: 41 });
  t.equal(metrics(acknowledged).get('generate.pipeline.agree'), false);
});

void t.test('what was stored before is acknowledged but not new', async (t) => {
  const run = pipelineRun([10, 10, 10, 10], { acknowledged: 45, duplicates: 5 });
  t.equal(metrics(run).get('generate.pipeline.agree'), true);
});

void t.test('a count that could not be read leaves the question open', async (t) => {
  const run = pipelineRun([10, 10, 10, 10]);
  run.phases[0]!.generation!.rowsByPod = null;
  const analysis = analyse(run);
  t.equal(judge(run, analysis).outcome, 'unknown');
  const unread = pipelineRun([10, 10, 10, 10]);
  unread.counters.splice(4, 1);
  t.match(metrics(unread).get('generate.pipeline.agree'), { missing: String });
});

void t.test('few connections show as counts that single choices would not give', async (t) => {
  t.ok((metrics(pipelineRun([310, 290, 305, 295])).get('generate.pipeline.pValue') as number) > 0.1);
  t.ok((metrics(pipelineRun([343, 343, 343, 171])).get('generate.pipeline.pValue') as number) < 0.001);
});
