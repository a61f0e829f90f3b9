/** What the drivers cost: against the bare autocannon command, and in lateness at a high constant rate. */
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { runLoad } from '../load/drivers.ts';
import type { LoadResult, LoadSpec } from '../load/load.ts';
import { logBody } from '../load/log-body.ts';
import { logId } from '../load/log-id.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';

const ROUNDS = 15;
const ROUND_SECONDS = 2;
const RATE_ROUNDS = 5;
const RATE_ROUND_SECONDS = 4;
const CONNECTIONS = 50;
const RATE_PER_SECOND = 5000;
const LATE_MS = 10;
const RUN_HASH = '0123456789ab';

/** Takes about a minute and a half. */
export async function benchLoad(say: (line: string) => void): Promise<Figure[]> {
  const target = fork(new URL('load-target.ts', import.meta.url));
  try {
    const port = await answerOf(target);
    const compared = await compareWithBare(target, port, say);
    return [...compared, await lateness(port, say)];
  } finally {
    target.disconnect();
  }
}

/** In each round both run one after the other, and who goes first changes: what disturbs one round disturbs both. */
async function compareWithBare(target: ChildProcess, port: number, say: (line: string) => void): Promise<Figure[]> {
  const ratios: number[] = [];
  let [recorded, served] = [0, 0];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`load: round ${round} of ${ROUNDS}`);
    const bareFirst = round % 2 === 0 ? await bareRate(port) : undefined;
    await countOf(target);
    const result = await run({ driver: 'autocannon', port, durationMs: ROUND_SECONDS * 1000 });
    recorded += result.operations.length;
    served += await countOf(target);
    ratios.push(okPerSecond(result) / (bareFirst ?? (await bareRate(port))));
  }
  return [ratioFigure(ratios), bookFigure(recorded, served)];
}

function ratioFigure(ratios: number[]): Figure {
  const value = median(ratios);
  const detail = `median of ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`;
  const name = 'load: requests per second with all recorded, to those of the bare autocannon command';
  return { name, value, unit: '', target: '>= 0.9', reached: value >= 0.9, detail };
}

function bookFigure(recorded: number, served: number): Figure {
  const value = recorded - served;
  const detail = `${recorded} recorded, ${served} served`;
  return { name: 'load: recorded but not served', value, unit: '', target: '0', reached: value === 0, detail };
}

/** Several rounds, for what else the machine does makes a single one late. Dropped arrivals count as late. */
async function lateness(port: number, say: (line: string) => void): Promise<Figure> {
  const shares: number[] = [];
  for (let round = 1; round <= RATE_ROUNDS; round++) {
    say(`load: ${RATE_PER_SECOND} per second, round ${round} of ${RATE_ROUNDS}`);
    shares.push(lateShare(await run({ driver: 'constant-rate', port, durationMs: RATE_ROUND_SECONDS * 1000 })));
  }
  const value = median(shares);
  const detail = `median of ${shares.map((share) => share.toFixed(4)).join(' ')}`;
  const name = `load: share sent more than ${LATE_MS} ms after they were due, at ${RATE_PER_SECOND} per second`;
  return { name, value, unit: '', target: '< 0.01', reached: value < 0.01, detail };
}

function lateShare({ operations, dropped }: LoadResult): number {
  const late = [...operations].filter(({ intendedAt, startedAt }) => startedAt - intendedAt > LATE_MS).length;
  return (late + dropped) / (operations.length + dropped);
}

/** Requests per second of the autocannon command with one prepared log, as anybody would start it. */
async function bareRate(port: number): Promise<number> {
  const command = createRequire(import.meta.url).resolve('autocannon/autocannon.js');
  const body = logBody(logId(RUN_HASH, 0, 0), Date.now(), 1, 0);
  const options = `--json -c ${CONNECTIONS} -d ${ROUND_SECONDS} -m POST -H content-type=application/json`.split(' ');
  const target = `http://127.0.0.1:${port}/logs`;
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...options, '-b', body, target]);
  const result = JSON.parse(stdout) as { '2xx': number; duration: number };
  return result['2xx'] / result.duration;
}

function run(part: Pick<LoadSpec, 'driver' | 'port' | 'durationMs'>): Promise<LoadResult> {
  const spec: LoadSpec = {
    name: 'bench',
    index: 0,
    host: '127.0.0.1',
    hostHeader: 'bench',
    method: 'POST',
    path: '/logs',
    body: 'log',
    keepAlive: true,
    connections: CONNECTIONS,
    ratePerSecond: RATE_PER_SECOND,
    timeoutMs: 5000,
    maxInFlight: RATE_PER_SECOND,
    seed: 1,
    runHash: RUN_HASH,
    runOriginMs: performance.timeOrigin + performance.now(),
    ...part,
  };
  return runLoad(spec, new AbortController().signal, () => {});
}

function okPerSecond({ operations, startedAt, endedAt }: LoadResult): number {
  const ok = [...operations].filter(({ outcome }) => outcome === 'ok').length;
  return (ok / (endedAt - startedAt)) * 1000;
}

/** What the target served since it was last asked. */
async function countOf(target: ChildProcess): Promise<number> {
  target.send('count');
  return answerOf(target);
}

async function answerOf(target: ChildProcess): Promise<number> {
  const [answer] = (await once(target, 'message')) as [number];
  return answer;
}
