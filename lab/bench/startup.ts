/** How long the lab takes to come up, to run its main scenario and to go down, as whole commands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '../project.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';

const ROUNDS = 5;

/** Rounds are interleaved: each brings a new database up, then an existing one, and takes both down. */
export async function benchStartup(say: (line: string) => void): Promise<Figure[]> {
  const samples = { upNew: [] as number[], upExisting: [] as number[], down: [] as number[], scenario: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`startup: round ${round} of ${ROUNDS}`);
    const directory = await mkdtemp(join(tmpdir(), 'log-lab-bench-'));
    const run = (...args: string[]): Promise<number> => timedCommand(directory, args);
    try {
      samples.upNew.push(await run('up'));
      samples.down.push(await run('down'));
      samples.upExisting.push(await run('up'));
      samples.down.push(await run('down'));
      samples.scenario.push(await run('scenario', 'load-balance'));
    } finally {
      await run('down', '--delete-data');
      await rm(directory, { recursive: true, force: true });
    }
  }
  return [
    figure('lab:up with a new database', samples.upNew, 5),
    figure('lab:up with an existing database', samples.upExisting, 3),
    figure('lab:down', samples.down, 2),
    figure('scenario load-balance, from command to report, lab up and down included', samples.scenario, 30),
  ];
}

function figure(name: string, seconds: number[], limit: number): Figure {
  const value = median(seconds);
  const samples = seconds.map((sample) => sample.toFixed(2)).join(' ');
  return { name, value, unit: 's', target: `< ${limit} s`, reached: value < limit, detail: `median of ${samples}` };
}

/** Seconds from start to exit. Throws when the command fails. */
async function timedCommand(labDirectory: string, args: string[]): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [projectPath('lab', 'bin.js'), ...args], {
    env: { ...process.env, LAB_DIRECTORY: labDirectory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`"${args.join(' ')}" ended with ${code}: ${errors}`);
  return (performance.now() - startedAt) / 1000;
}
