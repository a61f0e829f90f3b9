/** How fast logs get into the database: log-processor against its own limits and against other ways to build it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { labDirectory } from '../project.ts';
import { measureBulk, writeBulkFiles, type BulkSample } from './ingest-bulk.ts';
import {
  CONTENDER_TITLES,
  startContenders,
  stopContenders,
  type ContenderName,
  type Contenders,
} from './ingest-contenders.ts';
import { measureGeneration, measureRates } from './ingest-generator.ts';
import { profileIngest } from './ingest-profile.ts';
import { measureUploadMemory } from './ingest-memory.ts';
import { measurePgbench } from './ingest-pgbench.ts';
import { IngestClient } from './ingest-client.ts';
import type { JsonSample } from './ingest-client-program.ts';
import { jsonRounds } from './ingest-json.ts';
import { measureStats, STORED_LOGS } from './ingest-stats.ts';
import { atLeast, below, forInformation, spread } from './ingest-figures.ts';
import type { Figure } from './figure.ts';
import { BenchPostgres } from './postgres.ts';

const JSON_ROUNDS = { rounds: 11, roundMs: 1500 };
const BULK_ROUNDS = 7;
const BULK_ROWS = 100_000;
const BODY_BYTES = 2 ** 30;
const PGBENCH_SECONDS = 5;
const MIB = 2 ** 20;
const MEMORY_LIMIT_MIB = 256;

type Say = (line: string) => void;

/** What log-processor's rate is to be, as a multiple of theirs; without a number for information. */
const RATIOS: [ContenderName, number?][] = [
  ['no-op', 0.7],
  ['insert', 3],
  ['insert-prepared'],
  ['asyncpg', 7],
  ['psycopg-pool', 10],
  ['psycopg', 40],
];

/** Takes about four minutes. Peers that are not installed are left out, and `say` is told so. */
export async function benchIngest(say: Say): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'log-lab-ingest-'));
  const client = new IngestClient();
  let postgres: BenchPostgres | undefined;
  let contenders: Contenders | undefined;
  try {
    postgres = await BenchPostgres.start();
    contenders = await startContenders(postgres.environment, directory, say);
    const figures = [
      ...(await benchJson(contenders, client, say)),
      await benchProfile(postgres, client, directory, say),
      ...(await benchPgbench(postgres, directory, say)),
      ...(await benchBulk(contenders, postgres, directory, say)),
      ...(await benchMemory(contenders, say)),
      ...(await benchStats(postgres, say)),
      ...(await benchGenerator(contenders, say)),
    ];
    say(
      `ingest: load averages at the end: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(' ')}`,
    );
    return figures;
  } finally {
    client.stop();
    if (contenders) await stopContenders(contenders);
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchJson(contenders: Contenders, client: IngestClient, say: Say): Promise<Figure[]> {
  const rounds = await jsonRounds(contenders, client, JSON_ROUNDS, say);
  const values = (name: ContenderName, key: keyof JsonSample): number[] => rounds.map((round) => round[name]![key]);
  const ratios = (key: keyof JsonSample, peer: ContenderName): number[] =>
    rounds.map((round) => round['log-processor']![key] / round[peer]![key]);
  const figures = RATIOS.filter(([peer]) => contenders[peer]).map(([peer, target]) => {
    const name = `POST /logs: answers per second, to ${CONTENDER_TITLES[peer]}`;
    const detail = `${spread(values('log-processor', 'rate'))}/s to ${spread(values(peer, 'rate'))}/s`;
    const samples = ratios('rate', peer);
    return target === undefined
      ? forInformation(name, samples, { unit: '', detail })
      : atLeast(name, samples, target, { unit: '', detail });
  });
  const p99 = below(
    'POST /logs: 99th percentile of the time to answer, to the no-op handler',
    ratios('p99', 'no-op'),
    3,
    {
      unit: '',
      detail: `${spread(values('log-processor', 'p99'))} ms to ${spread(values('no-op', 'p99'))} ms`,
    },
  );
  return [...figures, p99];
}

/** Goes with the ratios: what the rest of the distance to the no-op handler is made of. */
async function benchProfile(
  postgres: BenchPostgres,
  client: IngestClient,
  directory: string,
  say: Say,
): Promise<Figure> {
  say('ingest: profile of log-processor');
  const { byPart, flameGraph } = await profileIngest(postgres.environment, client, directory);
  const file = join(labDirectory(), 'bench', 'ingest-flame-graph.svg');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, flameGraph);
  say(`ingest: flame graph written to ${file}`);
  const parts = Object.entries(byPart).toSorted(([, a], [, b]) => b - a);
  const total = parts.reduce((sum, [, micros]) => sum + micros, 0);
  return forInformation('log-processor: processor time per log, sampled', [total], {
    unit: 'us',
    detail: parts.map(([part, micros]) => `${part} ${micros.toFixed(1)}`).join(', '),
  });
}

async function benchPgbench(postgres: BenchPostgres, directory: string, say: Say): Promise<Figure[]> {
  say('ingest: pgbench');
  const rate = await measurePgbench(postgres, directory, PGBENCH_SECONDS);
  if (typeof rate === 'string') {
    say(`ingest: no comparison with pgbench: ${rate}`);
    return [];
  }
  const detail = 'the same row by gen_random_uuid(), prepared, 64 connections';
  return [forInformation('pgbench: transactions per second of one INSERT', [rate], { unit: '/s', detail })];
}

async function benchBulk(
  contenders: Contenders,
  postgres: BenchPostgres,
  directory: string,
  say: Say,
): Promise<Figure[]> {
  const files = await writeBulkFiles(directory, BULK_ROWS);
  const samples: BulkSample[] = [];
  // The first round warms up.
  for (let round = 0; round <= BULK_ROUNDS; round++) {
    say(`ingest: ${BULK_ROWS} lines at once, round ${round} of ${BULK_ROUNDS}`);
    const sample = await measureBulk(contenders['log-processor']!, postgres, files, round % 2 === 0);
    if (round > 0) samples.push(sample);
  }
  const ours = samples.map((sample) => sample.ours);
  const copy = samples.flatMap((sample) => sample.copy ?? []);
  if (copy.length < samples.length) {
    say('ingest: no comparison with psql: it is not installed');
    return [];
  }
  const ratios = ours.map((rate, round) => rate / copy[round]!);
  const detail = `${spread(ours)}/s to ${spread(copy)}/s`;
  return [atLeast(`NDJSON: rows per second, to psql's \\copy`, ratios, 0.55, { unit: '', detail })];
}

async function benchMemory(contenders: Contenders, say: Say): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  say(`ingest: a body of ${BODY_BYTES / MIB} MiB`);
  const server = contenders['log-processor']!;
  const before = (await server.residentBytes()) / MIB;
  const { peaks, rows, seconds } = await measureUploadMemory(server, BODY_BYTES);
  const quarters = peaks.map((peak) => (peak / MIB).toFixed(0)).join(' ');
  return [
    below(`log-processor: memory in use after the load`, [before], MEMORY_LIMIT_MIB, { unit: 'MiB', detail: '' }),
    below(
      `log-processor: most memory during a body of ${BODY_BYTES / MIB} MiB`,
      [Math.max(...peaks) / MIB],
      MEMORY_LIMIT_MIB,
      {
        unit: 'MiB',
        detail: `by quarters of the body ${quarters}; ${rows} logs in ${seconds.toFixed(1)} s`,
      },
    ),
  ];
}

async function benchStats(postgres: BenchPostgres, say: Say): Promise<Figure[]> {
  say('ingest: statistics of many logs');
  const samples = await measureStats(postgres);
  const name = `stats-display: time of an answer with ${STORED_LOGS} logs counted`;
  return [below(name, samples, 20, { unit: 'ms', detail: '8,640 rows of roll-ups by dimension, 14,400 by minute' })];
}

async function benchGenerator(contenders: Contenders, say: Say): Promise<Figure[]> {
  say('ingest: log-generator');
  const generation = await measureGeneration();
  const rates = await measureRates(contenders['no-op']!);
  const errors = rates.map(({ asked, kept }) => Math.abs(kept / asked - 1) * 100);
  return [
    atLeast('log-generator: logs per second, made in memory from a seed', generation, 200_000, {
      unit: '/s',
      detail: 'as the JSON texts that are sent',
    }),
    below('log-generator: distance from the rate that was asked for', [Math.max(...errors)], 1, {
      unit: '%',
      detail: `the largest; ${rates.map(({ asked, kept }) => `${asked}/s: ${kept.toFixed(1)}`).join(', ')}`,
    }),
  ];
}
