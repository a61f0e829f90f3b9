/** The database's own limit: pgbench inserts the same row as fast as 64 connections can, one transaction each. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchPostgres } from './postgres.ts';

const CLIENTS = 64;

const TRANSACTION = `
insert into logs (id, "timestamp", level, service, message, attributes, fingerprint, received_at, pod, node)
values (gen_random_uuid(), now(), 'info', 'cart', 'user 12345 signed in from 10.1.2.3', null, '0123456789abcdef', now(), 'bench', 'bench');
`;

/** Transactions per second; a reason in words when there is no pgbench. */
export async function measurePgbench(
  postgres: BenchPostgres,
  directory: string,
  seconds: number,
): Promise<number | string> {
  const script = join(directory, 'insert.sql');
  await writeFile(script, TRANSACTION);
  const options = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '1', '-T', String(seconds), '-f', script];
  try {
    const env = {
      ...process.env,
      ...postgres.environment,
      PATH: `${process.env['PATH']}:${debianFolders().join(':')}`,
    };
    const { stdout } = await promisify(execFile)('pgbench', options, { env });
    return Number(/tps = ([\d.]+)/.exec(stdout)![1]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'pgbench is not installed';
    throw error;
  }
}

/** Debian keeps each version's programs where no PATH leads. */
function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root).map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
}
