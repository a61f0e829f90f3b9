/** One log per request: what each contender answers per second, and how long the slowest answers take. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ContenderName, Contenders } from './ingest-contenders.ts';
import type { JsonSample, Round } from './ingest-client.ts';

/** Each round measures all of them, and begins with another one: what disturbs a round disturbs them all. */
export async function jsonRounds(
  contenders: Contenders,
  { rounds, roundMs }: { rounds: number; roundMs: number },
  say: (line: string) => void,
): Promise<Partial<Record<ContenderName, JsonSample>>[]> {
  const names = Object.keys(contenders) as ContenderName[];
  const measured: Partial<Record<ContenderName, JsonSample>>[] = [];
  const client = startClient();
  const ended = once(client, 'exit').then(() => Promise.reject(new Error('the client ended')));
  // Told to whoever waits for an answer; nobody does after the last one.
  ended.catch(() => {});
  try {
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      say(`ingest: one log per request, round ${round} of ${rounds}`);
      const samples: Partial<Record<ContenderName, JsonSample>> = {};
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round) % names.length]!;
        const sample = measure(client, { port: contenders[name]!.port, durationMs: roundMs });
        samples[name] = await Promise.race([sample, ended]);
      }
      if (round > 0) measured.push(samples);
    }
  } finally {
    client.disconnect();
  }
  return measured;
}

/**
 * Clients run on machines of their own, where they cannot interrupt a server whenever it has written an answer. Scheduling as
 * a batch job comes near to that: the client gets its share of a processor, but not at once. Needs chrt, of util-linux.
 */
function startClient(): ChildProcess {
  const command = [process.execPath, fileURLToPath(new URL('ingest-client.ts', import.meta.url))];
  const asBatch = spawnSync('chrt', ['--batch', '0', 'true']).status === 0 ? ['chrt', '--batch', '0'] : [];
  const [program, ...args] = [...asBatch, ...command];
  return spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function measure(client: ChildProcess, round: Round): Promise<JsonSample> {
  client.send(round);
  const [answer] = (await once(client, 'message')) as [JsonSample | { error: string }];
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}
