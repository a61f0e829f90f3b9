/** Makes PostgreSQL's data directory on the first start, as the official image does. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { takeOver, type Account } from './account.ts';
import { run } from './become.ts';
import { postgresProgram } from './binaries.ts';
import type { PostgresSettings } from './settings.ts';

/**
 * Does nothing but take the data over when there is some. A new directory is made beside it and moved into place when it
 * is complete, so that nothing is left half-made when this is interrupted.
 */
export function prepareDataDirectory(settings: PostgresSettings, account: Account): void {
  const { dataDirectory } = settings;
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return takeOver(dataDirectory, account);
  const present = existsSync(dataDirectory) ? readdirSync(dataDirectory) : [];
  if (present.length > 0) throw new Error(`${dataDirectory} is neither empty nor a PostgreSQL data directory`);
  if (!settings.password && settings.hostAuthMethod !== 'trust') {
    throw new Error('the database is uninitialized and POSTGRES_PASSWORD is not specified');
  }
  const fresh = `${dataDirectory}.initdb`;
  rmSync(fresh, { recursive: true, force: true });
  // Only the last directory is closed: the account must get there.
  mkdirSync(dirname(fresh), { recursive: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(fresh, account.owner.uid, account.owner.gid);
  initialise(fresh, settings, account);
  renameSync(fresh, dataDirectory);
}

function initialise(directory: string, settings: PostgresSettings, account: Account): void {
  // UTF-8 whatever the locale of this machine. --no-sync: until the first checkpoint nothing of it is worth keeping.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const initdb = [postgresProgram('initdb'), '-D', directory, '-U', settings.user, '--auth=trust', '--no-sync'];
  run([...initdb, ...locale, ...settings.initdbArguments], account);
  const access = `local all all trust\nhost all all all ${settings.hostAuthMethod}\n`;
  writeFileSync(join(directory, 'pg_hba.conf'), access);
  const setUp = settings.password
    ? [`ALTER ROLE ${identifier(settings.user)} PASSWORD ${literal(settings.password)}`]
    : [];
  if (settings.database !== 'postgres') setUp.push(`CREATE DATABASE ${identifier(settings.database)}`);
  runSql(setUp.map((statement) => `${statement};`).join('\n\n'), 'postgres', directory, account);
  for (const file of initScripts(settings.initScriptDirectory)) {
    runSql(readFileSync(file, 'utf8'), settings.database, directory, account);
  }
  // A data directory must not be open to others, and initdb leaves one that exists as it is.
  chmodSync(directory, 0o700);
}

/** In single-user mode, which needs no server. There a statement ends with a semicolon and an empty line (-j). */
function runSql(sql: string, database: string, directory: string, account: Account): void {
  const options = ['-j', '-F', '-D', directory, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off'];
  run([postgresProgram('postgres'), '--single', ...options, database], account, `${sql}\n\n`);
}

function initScripts(directory: string): string[] {
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith('.')) : [];
  const other = names.find((name) => !name.endsWith('.sql'));
  if (other) throw new Error(`${join(directory, other)}: only *.sql is run at the first start here`);
  return names.sort().map((name) => join(directory, name));
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
