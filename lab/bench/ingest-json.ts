/** One log per request: what each contender answers per second, and how long the slowest answers take. */
import { randomBytes } from 'node:crypto';
import { runLoad } from '../load/drivers.ts';
import { quantile, sorted } from '../statistics/quantiles.ts';
import type { ContenderName, Contenders } from './ingest-contenders.ts';

export interface JsonSample {
  /** Answers of 201 per second. */
  rate: number;
  answers: number;
  p50: number;
  p99: number;
}

const CONNECTIONS = 64;

/** One round of load. Throws when any request is answered by anything but 201: then it would be another measurement. */
export async function measureJson(port: number, durationMs: number): Promise<JsonSample> {
  const { operations, startedAt, endedAt } = await runLoad(
    {
      name: 'bench',
      index: 0,
      driver: 'autocannon',
      host: '127.0.0.1',
      port,
      hostHeader: 'bench',
      method: 'POST',
      path: '/logs',
      body: 'log',
      keepAlive: true,
      connections: CONNECTIONS,
      durationMs,
      timeoutMs: 30_000,
      maxInFlight: CONNECTIONS,
      seed: 1,
      // New ids in each round.
      runHash: randomBytes(6).toString('hex'),
      runOriginMs: performance.timeOrigin + performance.now(),
    },
    new AbortController().signal,
    () => {},
  );
  const wrong = [...operations].find(({ status }) => status !== 201);
  if (wrong) throw new Error(`a request ended with ${wrong.status} ${wrong.error}`);
  const latencies = sorted(Array.from(operations, ({ startedAt, endedAt }) => endedAt - startedAt));
  return {
    answers: operations.length,
    rate: (operations.length / (endedAt - startedAt)) * 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/** Each round measures all of them, and begins with another one: what disturbs a round disturbs them all. */
export async function jsonRounds(
  contenders: Contenders,
  { rounds, roundMs }: { rounds: number; roundMs: number },
  say: (line: string) => void,
): Promise<Partial<Record<ContenderName, JsonSample>>[]> {
  const names = Object.keys(contenders) as ContenderName[];
  const measured: Partial<Record<ContenderName, JsonSample>>[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    say(`ingest: one log per request, round ${round} of ${rounds}`);
    const samples: Partial<Record<ContenderName, JsonSample>> = {};
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]!;
      samples[name] = await measureJson(contenders[name]!.port, roundMs);
    }
    if (round > 0) measured.push(samples);
  }
  return measured;
}
