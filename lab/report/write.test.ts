import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
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
import type { RunHistory } from '../history/history.ts';
import { madeRun } from '../history/testing.ts';
import { ReportSchema } from './model.ts';
import { renderStored, writeReport } from './write.ts';

const schema: object = JSON.parse(await readFile(new URL('report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);

void t.test('report.schema.json is the schema of the model', async (t) => {
  t.same(
    schema,
    JSON.parse(JSON.stringify(ReportSchema)),
    'else run: node lab/report/print-schema.ts > lab/report/report.schema.json',
  );
});

const RUNS: [make: () => RunHistory, outcome: string][] = [
  [loadBalanceRun, 'pass'],
  [nodeFailureRun, 'pass'],
  [pinnedRun, 'fail'],
  [lostLogsRun, 'fail'],
  [brokenBooksRun, 'unknown'],
  [tooFewRun, 'unknown'],
  [abortedRun, 'unknown'],
  [() => nodeFailureRun({ evidence: false }), 'unknown'],
];

for (const [make, outcome] of RUNS) {
  void t.test(`${make.name || 'nodeFailureRun without evidence'}: valid, complete and ${outcome}`, async (t) => {
    const base = t.testdir();
    const report = await writeReport(make(), base);
    t.equal(report.outcome, outcome);
    const stored: unknown = JSON.parse(await readFile(join(report.directory, 'report.json'), 'utf8'));
    t.ok(validate(stored), JSON.stringify(validate.errors));
    const markdown = await readFile(join(report.directory, 'report.md'), 'utf8');
    const files = await readdir(report.directory);
    for (const [, figure] of markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) t.ok(files.includes(figure!), figure!);
    for (const text of [markdown, await readFile(join(report.directory, 'report.html'), 'utf8')]) {
      t.notMatch(text, /NaN|Infinity|undefined|\[object/);
    }
    t.match(await readFile(join(base, 'README.md'), 'utf8'), `/made-up-1/report.md`);
  });
}

void t.test('a run without any load, and one without phases, have a report', async (t) => {
  const [phase] = loadBalanceRun().phases;
  const idle = { ...phase!, loads: [] };
  for (const phases of [[idle], []]) {
    const run = { ...madeRun('idle', [phase!]), phases, counters: [], expectations: ['ledger.lost == 0'] };
    const report = await writeReport(run, t.testdir());
    t.type(report.outcome, 'string');
    t.same(
      report.model.reasons.filter((reason) => reason.includes('crashed')),
      [],
    );
  }
});

void t.test('rendering again changes nothing', async (t) => {
  const { directory } = await writeReport(nodeFailureRun(), t.testdir());
  const read = async () => {
    const files = (await readdir(directory)).sort();
    return Promise.all(files.map((file) => readFile(join(directory, file), 'base64')));
  };
  const before = await read();
  await renderStored(directory);
  t.same(await read(), before);
});
