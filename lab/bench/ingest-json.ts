/** One log per request: what each contender answers per second, and how long the slowest answers take. */
import type { IngestClient } from './ingest-client.ts';
import type { JsonSample } from './ingest-client-program.ts';
import type { ContenderName, Contenders } from './ingest-contenders.ts';

/** Each round measures all of them, and begins with another one: what disturbs a round disturbs them all. */
export async function jsonRounds(
  contenders: Contenders,
  client: IngestClient,
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
      samples[name] = await client.measure({ port: contenders[name]!.port, durationMs: roundMs });
    }
    if (round > 0) measured.push(samples);
  }
  return measured;
}
