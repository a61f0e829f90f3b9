import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { digestFiles } from '../history/store.ts';
import { loadBalanceRun, nodeFailureRun } from '../history/testing-runs.ts';
import { projectPath } from '../project.ts';
import { verificationLines, verifyStored } from './verify.ts';
import { writeReport } from './write.ts';

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(
    path,
    path.endsWith('.gz') ? gzipSync(change(gunzipSync(bytes).toString())) : change(bytes.toString()),
  );
}

void t.test('a report as it was written agrees', async (t) => {
  for (const history of [loadBalanceRun(), nodeFailureRun()]) {
    const { directory } = await writeReport(history, t.testdir());
    const verification = await verifyStored(directory);
    t.same(verification.problems, []);
    t.equal(verification.agrees, true);
    t.match(verificationLines(verification)[0], /\d+ files and \d+ values agree/);
  }
});

void t.test('the example that the project keeps is what its reports look like', async (t) => {
  const { problems } = await verifyStored(projectPath('reports/load-balance/2026-11-23-162703-bb68'));
  t.same(problems, [], 'npm run report -- render makes it anew');
});

void t.test('a doctored value is named', async (t) => {
  const { directory } = await writeReport(loadBalanceRun(), t.testdir());
  await edit(join(directory, 'report.json'), (text) => text.replace('"ledger.lost": 0', '"ledger.lost": 1'));
  const { problems } = await verifyStored(directory);
  t.same(problems, [{ file: 'report.json', problem: 'metrics.ledger.lost: 1 instead of 0' }]);
});

void t.test('a doctored page is named', async (t) => {
  const { directory } = await writeReport(loadBalanceRun(), t.testdir());
  await edit(join(directory, 'report.md'), (text) => text.replace('**Pass.**', '**Passed.**'));
  t.match((await verifyStored(directory)).problems, [
    { file: 'report.md', problem: /line \d+ is not what the raw files give/ },
  ]);
});

void t.test('doctored raw data is named, also with a corrected checksum', async (t) => {
  const { directory } = await writeReport(loadBalanceRun(), t.testdir());
  const raw = join(directory, 'operations.csv.gz');
  const original = (await digestFiles(directory))['operations.csv.gz']!;
  await edit(raw, (text) => text.replace(',ok,201,', ',fail,503,'));
  t.match((await verifyStored(directory)).problems[0], { file: 'operations.csv.gz', problem: /sha256 is/ });

  const changed = (await digestFiles(directory))['operations.csv.gz']!;
  await edit(join(directory, 'report.json'), (text) =>
    text.replace(original.sha256, changed.sha256).replace(`"bytes": ${original.bytes}`, `"bytes": ${changed.bytes}`),
  );
  const { problems } = await verifyStored(directory);
  t.ok(problems.some(({ problem }) => problem === 'metrics.steady.requests.failed: 0 instead of 1'));
});

void t.test('missing and unreadable files are named', async (t) => {
  const { directory } = await writeReport(loadBalanceRun(), t.testdir());
  await unlink(join(directory, 'timeline.svg'));
  t.same((await verifyStored(directory)).problems, [{ file: 'timeline.svg', problem: 'it is missing' }]);
  await unlink(join(directory, 'audit.csv.gz'));
  t.match((await verifyStored(directory)).problems[0], { file: 'audit.csv.gz', problem: 'it is missing' });
  await edit(join(directory, 'report.json'), (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2'));
  t.match((await verifyStored(directory)).problems[0], {
    file: 'report.json',
    problem: /\/schemaVersion must be equal to constant/,
  });
});
