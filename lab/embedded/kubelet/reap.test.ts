import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { findProcess } from './process/process-table.ts';
import { recordProcess } from './process/process-records.ts';
import { reapOrphans } from './reap.ts';

const start = (labId: string) =>
  spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: { ...process.env, LAB_ID: labId } });

void t.test('orphans are killed, and nobody else', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'reap-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const pod = join(directory, 'pods', 'uid');
  const orphan = start('mine');
  const stranger = start('other');
  const exited = once(orphan, 'exit');
  recordProcess(pod, orphan.pid!);
  recordProcess(pod, stranger.pid!);
  // The stranger has got the id of a process that has ended.
  writeFileSync(join(pod, 'processes', String(stranger.pid)), '1');
  const lines = await reapOrphans(directory, 'mine');
  await exited;
  t.match(lines, [new RegExp(`pod uid: ${orphan.pid}$`)]);
  t.ok(findProcess(stranger.pid!));
  t.same(await reapOrphans(directory, 'mine'), [], 'nothing is left to do');
  stranger.kill('SIGKILL');
});

void t.test('a lab without pods has no orphans', async (t) => {
  t.same(await reapOrphans(join(tmpdir(), 'no-such-lab'), 'mine'), []);
});
