/** How fast logs get into the database: log-processor against its own limits and against other ways to build it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBulk, writeBulkFiles, type BulkSample } from './ingest-bulk.ts';
import {
  CONTENDER_TITLES,
  startContenders,
  stopContenders,
  type ContenderName,
  type Contenders,
} from './ingest-contenders.ts';
import { measureUploadMemory } from './ingest-memory.ts';
import { measurePgbench } from './ingest-pgbench.ts';
import type { JsonSample } from './ingest-client.ts';
import { jsonRounds } from './ingest-json.ts';
import { measureStats, STORED_LOGS } from './ingest-stats.ts';
import { atLeast, below, spread } from './ingest-figures.ts';
import type { Figure } from './figure.ts';
import { BenchPostgres } from './postgres.ts';

const JSON_ROUNDS = { rounds: 11, roundMs: 1500 };
const BULK_ROUNDS = 7;
const BULK_ROWS = 100_000;
const BODY_BYTES = 256 * 2 ** 20;
const PGBENCH_SECONDS = 5;
const MIB = 2 ** 20;
const MEMORY_LIMIT_MIB = 256;

type Say = (line: string) => void;

/** What log-processor's rate is to be, as a multiple of theirs. */
const RATIOS: [ContenderName, number][] = [
  ['no-op', 0.7],
  ['insert', 3],
  ['asyncpg', 7],
  ['psycopg-pool', 10],
  ['psycopg', 40],
];

/** Takes about eight minutes. Peers that are not installed are left out, and `say` is told so. */
export async function benchIngest(say: Say): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'log-lab-ingest-'));
  let postgres: BenchPostgres | undefined;
  let contenders: Contenders | undefined;
  try {
    postgres = await BenchPostgres.start();
    contenders = await startContenders(postgres.environment, directory, say);
    const figures = [
      ...(await benchJson(contenders, say)),
      ...(await benchPgbench(postgres, directory, say)),
      ...(await benchBulk(contenders, postgres, directory, say)),
      ...(await benchMemory(contenders, say)),
      ...(await benchStats(postgres, say)),
    ];
    say(
      `ingest: load averages at the end: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(' ')}`,
    );
    return figures;
  } finally {
    if (contenders) await stopContenders(contenders);
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchJson(contenders: Contenders, say: Say): Promise<Figure[]> {
  const rounds = await jsonRounds(contenders, JSON_ROUNDS, say);
  const values = (name: ContenderName, key: keyof JsonSample): number[] => rounds.map((round) => round[name]![key]);
  const ratios = (key: keyof JsonSample, peer: ContenderName): number[] =>
    rounds.map((round) => round['log-processor']![key] / round[peer]![key]);
  const figures = RATIOS.filter(([peer]) => contenders[peer]).map(([peer, target]) =>
    atLeast(`POST /logs: answers per second, to ${CONTENDER_TITLES[peer]}`, ratios('rate', peer), target, {
      unit: '',
      detail: `${spread(values('log-processor', 'rate'))}/s to ${spread(values(peer, 'rate'))}/s`,
    }),
  );
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

async function benchPgbench(postgres: BenchPostgres, directory: string, say: Say): Promise<Figure[]> {
  say('ingest: pgbench');
  const rate = await measurePgbench(postgres, directory, PGBENCH_SECONDS);
  if (typeof rate === 'string') {
    say(`ingest: no comparison with pgbench: ${rate}`);
    return [];
  }
  const detail = 'the same row by gen_random_uuid(), prepared, 64 connections; for information';
  return [
    {
      name: 'pgbench: transactions per second of one INSERT',
      value: rate,
      unit: '/s',
      target: '',
      reached: true,
      detail,
    },
  ];
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
  const { samples } = await measureStats(postgres);
  const name = `stats-display: time of an answer with ${STORED_LOGS} logs counted`;
  return [below(name, samples, 20, { unit: 'ms', detail: '9,600 rows of roll-ups by series, 14,400 by minute' })];
}
