/** Many logs at once: log-processor's NDJSON upload against `psql \copy` of the same rows into the same table. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { logBody } from '../load/log-body.ts';
import { logId } from '../load/log-id.ts';
import type { BenchPostgres } from './postgres.ts';
import type { ServerProcess } from './server-process.ts';

export interface BulkSample {
  /** Rows per second. */
  ours: number;
  /** Undefined without psql. */
  copy: number | undefined;
}

export interface BulkFiles {
  ndjson: string;
  tsv: string;
  rows: number;
}

const ROWS_PER_WRITE = 1000;

/** Writes the same logs in both forms, with ids that no other file has. */
export async function writeBulkFiles(directory: string, rows: number): Promise<BulkFiles> {
  const files = { ndjson: join(directory, 'bulk.ndjson'), tsv: join(directory, 'bulk.tsv'), rows };
  const runHash = randomBytes(6).toString('hex');
  const now = Date.now();
  const [ndjson, tsv] = await Promise.all([open(files.ndjson, 'w'), open(files.tsv, 'w')]);
  for (let start = 0; start < rows; start += ROWS_PER_WRITE) {
    const count = Math.min(ROWS_PER_WRITE, rows - start);
    const bodies = Array.from({ length: count }, (_, index) =>
      logBody(logId(runHash, 0, start + index), now, 1, start + index),
    );
    await ndjson.write(bodies.map((body) => `${body}\n`).join(''));
    await tsv.write(bodies.map(copyRow).join(''));
  }
  await Promise.all([ndjson.close(), tsv.close()]);
  return files;
}

/** The columns that log-processor fills, in PostgreSQL's text format. */
function copyRow(body: string): string {
  const log = JSON.parse(body) as Record<'id' | 'timestamp' | 'level' | 'service' | 'message', string> & {
    attributes?: object;
  };
  const attributes = log.attributes ? JSON.stringify(log.attributes) : undefined;
  const fingerprint = '0123456789abcdef';
  const fields = [log.id, log.timestamp, log.level, log.service, log.message, attributes, fingerprint, log.timestamp];
  return `${[...fields, 'bench', 'bench'].map((field) => field?.replaceAll('\\', '\\\\') ?? '\\N').join('\t')}\n`;
}

/** One round: both from an empty table, and who goes first changes. */
export async function measureBulk(
  server: ServerProcess,
  postgres: BenchPostgres,
  files: BulkFiles,
  oursFirst: boolean,
): Promise<BulkSample> {
  const first = oursFirst ? await uploadRate(server, postgres, files) : undefined;
  const copy = await copyRate(postgres, files);
  return { ours: first ?? (await uploadRate(server, postgres, files)), copy };
}

/** Throws when any line was not newly stored. */
async function uploadRate(server: ServerProcess, postgres: BenchPostgres, files: BulkFiles): Promise<number> {
  await emptyTables(postgres);
  const startedAt = performance.now();
  const accepted = await upload(server.port, createReadStream(files.ndjson, { highWaterMark: 1 << 18 }));
  if (accepted !== files.rows) throw new Error(`${accepted} of ${files.rows} lines were accepted`);
  return perSecond(files.rows, startedAt);
}

/** The number of logs newly stored. */
export async function upload(port: number, body: NodeJS.ReadableStream): Promise<number> {
  const response = await request(`http://127.0.0.1:${port}/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: body as import('node:stream').Readable,
    headersTimeout: 0,
  });
  const answer = (await response.body.json()) as { accepted?: number };
  if (response.statusCode !== 200) throw new Error(`the upload ended with ${JSON.stringify(answer)}`);
  return answer.accepted ?? 0;
}

async function copyRate(postgres: BenchPostgres, { tsv, rows }: BulkFiles): Promise<number | undefined> {
  await emptyTables(postgres);
  const startedAt = performance.now();
  try {
    // -X: nobody's personal settings.
    await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', `\\copy logs from '${tsv}'`], {
      env: { ...process.env, ...postgres.environment },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return perSecond(rows, startedAt);
}

async function emptyTables(postgres: BenchPostgres): Promise<void> {
  await postgres.query('truncate logs, log_rollup, log_rollup_minute; checkpoint');
}

function perSecond(rows: number, startedAt: number): number {
  return (rows / (performance.now() - startedAt)) * 1000;
}
