import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { CorruptFile } from './csv.ts';
import { digestFiles, RAW_FILES, readHistory, storeHistory } from './store.ts';
import { loadBalanceRun, nodeFailureRun } from './testing-runs.ts';

void t.test('what is read back is what was stored', async (t) => {
  const directory = t.testdir();
  const history = nodeFailureRun();
  const { operations } = history.phases[0]!.loads[0]!;
  operations.set(3, { ...operations.get(3), error: 'odd, "quoted"' });
  await storeHistory(directory, history);
  t.same(await readHistory(directory), history);
});

void t.test('a run whose database could not be read', async (t) => {
  const directory = t.testdir();
  const history = loadBalanceRun({ requests: 10 });
  history.audit = { ...history.audit, rows: null, error: 'connection refused' };
  await storeHistory(directory, history);
  t.same((await readHistory(directory)).audit, history.audit);
});

void t.test('the table of operations is plain CSV, and small', async (t) => {
  const directory = t.testdir();
  await storeHistory(directory, loadBalanceRun({ requests: 20_000 }));
  const compressed = await readFile(join(directory, RAW_FILES.operations));
  const [header, first] = gunzipSync(compressed).toString().split('\n');
  t.equal(header, 'phase,load,seq,connection,intended_ms,started_ms,ended_ms,outcome,status,pod,node,error');
  t.match(first, /^steady,log-processor,0,0,200,200\.\d{1,3},\d+\.\d{1,3},ok,201,log-processor-\S+,w[12],$/);
  t.ok(compressed.length / 20_000 <= 40, `${compressed.length / 20_000} bytes per operation`);
});

void t.test('digests cover the raw files and what lies in cluster/', async (t) => {
  const directory = t.testdir();
  await mkdir(join(directory, 'cluster/logs'), { recursive: true });
  await writeFile(join(directory, 'cluster/logs/pod.log'), 'hello\n');
  await writeFile(join(directory, 'report.md'), 'not raw');
  const digests = await storeHistory(directory, loadBalanceRun({ requests: 10 }));
  t.same(Object.keys(digests), [
    'audit.csv.gz',
    'cluster/logs/pod.log',
    'events.ndjson',
    'operations.csv.gz',
    'run.json',
  ]);
  // printf 'hello\n' | sha256sum
  t.equal(digests['cluster/logs/pod.log']!.sha256, '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03');
  t.same(await digestFiles(directory), digests);
});

void t.test('a file that is not what it should be is named', async (t) => {
  const directory = t.testdir();
  await storeHistory(directory, loadBalanceRun({ requests: 10 }));
  const path = join(directory, RAW_FILES.operations);
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trimEnd()
    .split('\n');
  const rewrite = (changed: string[]) => writeFile(path, gzipSync(`${changed.join('\n')}\n`));
  const damages: [problem: RegExp, damage: () => Promise<void>][] = [
    [
      /operations.csv.gz: 9 operations of load log-processor of phase steady, not 10/,
      () => rewrite(lines.slice(0, -1)),
    ],
    [/line 3: "soon" is no started_ms/, () => rewrite(lines.with(2, 'steady,log-processor,1,1,1,soon,2,ok,201,a,w1,'))],
    [/line 3: "-1" is no seq/, () => rewrite(lines.with(2, 'steady,log-processor,-1,1,1,1,2,ok,201,a,w1,'))],
    [/line 3: "1.5" is no connection/, () => rewrite(lines.with(2, 'steady,log-processor,1,1.5,1,1,2,ok,201,a,w1,'))],
    [/line 3: "70000" is no status/, () => rewrite(lines.with(2, 'steady,log-processor,1,1,1,1,2,ok,70000,a,w1,'))],
    [/line 3: "fine" is no outcome/, () => rewrite(lines.with(2, 'steady,log-processor,1,1,1,1,2,fine,201,a,w1,'))],
    [/line 2: no load other in a phase steady/, () => rewrite(lines.with(1, 'steady,other,1,1,1,1,2,ok,201,a,w1,'))],
    [/line 2 has 2 columns/, () => rewrite(lines.with(1, 'steady,log-processor'))],
    [
      /its columns are phase,load/,
      () => rewrite(lines.with(0, 'phase,load,seq,connection,a,b,c,outcome,status,pod,node,error')),
    ],
    [/its last line is cut off/, () => writeFile(path, gzipSync(lines.join('\n')))],
    [/operations.csv.gz: /, () => writeFile(path, 'no gzip')],
    [
      /operations.csv.gz: operation 1000 of load log-processor of phase steady, which has 10/,
      () => rewrite(lines.with(2, 'steady,log-processor,1000,1,1,1,2,ok,201,a,w1,')),
    ],
    [
      /operations.csv.gz: connection 1000 of load log-processor of phase steady, which has 10/,
      () => rewrite(lines.with(2, 'steady,log-processor,1,1000,1,1,2,ok,201,a,w1,')),
    ],
    [/events.ndjson: /, () => writeFile(join(directory, RAW_FILES.events), '{"at":')],
    [/run.json: /, () => writeFile(join(directory, RAW_FILES.run), '{"format":2}')],
  ];
  for (const [problem, damage] of damages) {
    await damage();
    await t.rejects(readHistory(directory), { name: 'CorruptFile', message: problem });
  }
  await t.rejects(readHistory(join(directory, 'nowhere')), CorruptFile);
});
