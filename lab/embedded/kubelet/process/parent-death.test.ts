import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../kubelet-fixture.ts';
import { diesWithParent } from './parent-death.ts';
import { findProcess } from './process-table.ts';

const skip = diesWithParent().length === 0 && 'no setpriv on this system';

void t.test('a process ends with the one that started it', { skip }, async (t) => {
  const podDirectory = mkdtempSync(join(tmpdir(), 'parent-'));
  t.teardown(() => rmSync(podDirectory, { recursive: true }));
  const spec = { argv: ['sleep', '600'], env: { PATH: process.env.PATH }, directory: '/', podDirectory };
  const script = `
    const { startProcess } = await import(${JSON.stringify(import.meta.resolve('./running-process.ts'))});
    console.log((await startProcess(${JSON.stringify(spec)})).pid);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line);
  t.ok(findProcess(pid));
  parent.kill('SIGKILL');
  await until('the child is dead', () => !findProcess(pid));
});
