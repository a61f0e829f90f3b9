/** Brings the database's schema up to date. Safe when many pods start at once: one does it, the others wait and find it done. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import { FatalDatabaseError } from '../shared/database.ts';

/** Any number that nothing else in this database takes a lock on. */
const LOCK_KEY = 7_061_206_021;

/** A migration of a large table may take longer than statements usually may. */
const LONGEST_MIGRATION_MS = 60_000;

interface Migration {
  /** The file's name; migrations run in the order of their names. */
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Applies the SQL files of a directory that were not applied before, in one transaction.
 * Migrations in the database that have no file are left alone: a newer version runs beside this one.
 * @returns the names of those that were applied
 * @throws {FatalDatabaseError} when a file was changed after it was applied
 */
export async function migrate(client: Client, directory: URL): Promise<string[]> {
  const migrations = await readMigrations(directory);
  await patiently(client, 'begin');
  try {
    await patiently(client, `set local statement_timeout = ${LONGEST_MIGRATION_MS}`);
    await patiently(client, `select pg_advisory_xact_lock(${LOCK_KEY})`);
    const applied = await applyPending(client, migrations);
    await patiently(client, 'commit');
    return applied;
  } catch (error) {
    await patiently(client, 'rollback').catch(() => {});
    throw error;
  }
}

async function applyPending(client: Client, migrations: Migration[]): Promise<string[]> {
  await patiently(
    client,
    `create table if not exists schema_migrations (
       name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  );
  const rows = await patiently<{ name: string; checksum: string }>(client, 'table schema_migrations');
  const checksums = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const pending = migrations.filter(({ name }) => !checksums.has(name));
  const changed = migrations.filter(({ name, checksum }) => (checksums.get(name) ?? checksum) !== checksum);
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name).join(', ');
    throw new FatalDatabaseError(`changed after they were applied to this database: ${names}`);
  }
  for (const { name, sql, checksum } of pending) {
    await patiently(client, sql);
    await patiently(client, 'insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum]);
  }
  return pending.map(({ name }) => name);
}

/** Gives up on a server that is silent for longer than a migration may take. */
async function patiently<Row extends object>(client: Client, text: string, values?: string[]): Promise<Row[]> {
  // The types lack query_timeout, which pg reads.
  const config = { text, query_timeout: LONGEST_MIGRATION_MS, ...(values && { values }) };
  return (await client.query<Row>(config)).rows;
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
