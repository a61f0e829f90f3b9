import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { removeStaleLock } from './stale-lock.ts';

void t.test('a lock is stale unless its process serves from the directory', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lock-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const lock = join(directory, 'postmaster.pid');
  const survives = (pid: number): boolean => {
    writeFileSync(lock, `${pid}\n${directory}\n`);
    removeStaleLock(directory);
    return existsSync(lock);
  };
  t.notOk(survives(2 ** 22 + 1), 'no such process');
  t.notOk(survives(process.pid), 'the id was used again');
  if (process.platform !== 'linux') return;
  const server = spawn('sleep', ['60'], { cwd: directory });
  await once(server, 'spawn');
  t.ok(survives(server.pid!), 'a server that lives');
  server.kill();
});
