/** log-generator: how fast it makes logs, and how well it holds a rate. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { request } from 'undici';
import { projectPath } from '../project.ts';
import { node } from './ingest-contenders.ts';
import { ServerProcess } from './server-process.ts';

export interface RateSample {
  asked: number;
  /** As seen from outside: the logs, but for the first, over the time until all were answered. */
  kept: number;
}

const RATES = [100, 1000, 5000];
const SECONDS = 4;

/** Logs per second of each round. */
export async function measureGeneration(): Promise<number[]> {
  const program = projectPath('services/log-generator/testing/in-memory.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  return JSON.parse(stdout) as number[];
}

/** Sends to the target, which takes all; throws when any log was not acknowledged. */
export async function measureRates(target: ServerProcess): Promise<RateSample[]> {
  const environment = { LOG_PROCESSOR_URL: `http://127.0.0.1:${target.port}`, HTTP_KEEP_ALIVE: 'on' };
  const generator = await ServerProcess.start(node('services/log-generator/server.ts', environment));
  try {
    const samples: RateSample[] = [];
    for (const rate of RATES) samples.push(await measureRate(generator.port, rate));
    return samples;
  } finally {
    await generator.stop();
  }
}

async function measureRate(port: number, rate: number): Promise<RateSample> {
  const count = rate * SECONDS;
  const startedAt = performance.now();
  const { body } = await request(`http://127.0.0.1:${port}/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count, rate }),
  });
  const result = (await body.json()) as { acknowledged: number };
  const seconds = (performance.now() - startedAt) / 1000;
  if (result.acknowledged !== count) throw new Error(`${count} logs were asked for: ${JSON.stringify(result)}`);
  return { asked: rate, kept: (count - 1) / seconds };
}
