/** Where log-processor's processor time goes: V8's profile of a process of its own under the same load as in the comparison. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callTree, timeByPart, type CpuProfile, type Part } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';
import type { IngestClient } from './ingest-client.ts';
import { startLogProcessor } from './ingest-contenders.ts';

export interface IngestProfile {
  /** Microseconds per log. */
  byPart: Record<Part, number>;
  /** As an SVG. */
  flameGraph: string;
}

const SAMPLING_MICROS = 500;
const ROUND_MS = 2000;
const ROUNDS = 4;

export async function profileIngest(
  environment: Record<string, string>,
  client: IngestClient,
  directory: string,
): Promise<IngestProfile> {
  const profiles = join(directory, 'profiles');
  await mkdir(profiles);
  const options = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${SAMPLING_MICROS}`];
  const server = await startLogProcessor(environment, options);
  let answers = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      answers += (await client.measure({ port: server.port, durationMs: ROUND_MS })).answers;
    }
  } finally {
    // Node writes the profile when the process ends.
    await server.stop();
  }
  const [file] = await readdir(profiles);
  const tree = callTree(JSON.parse(await readFile(join(profiles, file!), 'utf8')) as CpuProfile);
  const micros = Object.entries(timeByPart(tree)).map(([part, total]) => [part, total / answers]);
  return {
    byPart: Object.fromEntries(micros) as Record<Part, number>,
    flameGraph: flameGraph(tree, `log-processor's processor time, from ${answers} logs`),
  };
}
