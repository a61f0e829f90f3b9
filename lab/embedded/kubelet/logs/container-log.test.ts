import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import type { LogOptions } from '../node-agent.ts';
import { ContainerLog } from './container-log.ts';
import { readLog } from './log-reader.ts';

function newLog(maxBytes?: number) {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const log = new ContainerLog(join(directory, '0.log'), maxBytes);
  const output = new PassThrough();
  log.capture(output, 'stdout');
  const print = async (chunk: string): Promise<void> => {
    output.write(chunk);
    await new Promise(setImmediate);
  };
  return { log, print, output, read: (options: LogOptions = {}) => text(readLog(log.path, log, options)) };
}

void t.test('lines come back as they were written', async (t) => {
  const { log, print, output, read } = newLog();
  await print('one\ntw');
  await print('o\n\n');
  await print(`${'x'.repeat(40_000)}\n`);
  await print('no end');
  const closed = new Promise((resolve) => output.on('close', resolve));
  output.end();
  await closed;
  t.equal(await read(), `one\ntwo\n\n${'x'.repeat(40_000)}\nno end\n`);
  log.close();
});

void t.test('options', async (t) => {
  const { log, print, read } = newLog();
  await print(Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(''));
  t.equal(await read({ tailLines: 2 }), 'line 19998\nline 19999\n');
  t.equal(await read({ tailLines: 0 }), '');
  t.equal((await read({ tailLines: 15_000 })).split('\n')[0], 'line 5000');
  t.equal((await read({ tailLines: 50_000 })).split('\n')[0], 'line 0');
  t.equal(await read({ limitBytes: 10 }), 'line 0\nlin');
  t.match(await read({ tailLines: 1, timestamps: true }), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 19999\n$/);
  const between = new Date(Date.now() + 5);
  while (Date.now() <= between.getTime()) await new Promise(setImmediate);
  await print('late\n');
  t.equal(await read({ sinceTime: between.toISOString() }), 'late\n');
  t.equal(await read({ sinceSeconds: 100, tailLines: 1 }), 'late\n');
  log.close();
});

void t.test('following goes on where the file ends', async (t) => {
  const { log, print, read } = newLog();
  await print('before\n');
  const followed = read({ follow: true });
  await print('after\n');
  log.close();
  t.equal(await followed, 'before\nafter\n');
  t.equal(await read({ follow: true }), 'before\nafter\n', 'a closed log has nothing to follow');
});

void t.test('two files at most, and readers notice no rotation', async (t) => {
  const { log, print, read } = newLog(1000);
  const followed = read({ follow: true });
  for (let index = 0; index < 100; index++) await print(`line ${index}\n`);
  log.close();
  t.equal((await followed).split('\n').length, 101);
  const kept = (await read()).split('\n');
  t.equal(kept.at(-2), 'line 99');
  t.ok(kept.length > 20 && kept.length < 70, `${kept.length} lines are kept`);
});
