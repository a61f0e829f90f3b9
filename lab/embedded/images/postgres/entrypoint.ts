/** What `docker-entrypoint.sh` is in the official image of PostgreSQL: sets up the data, then becomes the server. */
import { checkReachable, postgresAccount } from './account.ts';
import { become } from './become.ts';
import { postgresProgram } from './binaries.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { readSettings } from './settings.ts';
import { removeStaleLock } from './stale-lock.ts';

function start(args: readonly string[]): void {
  const [first = 'postgres', ...rest] = args;
  const options = first.startsWith('-') ? args : rest;
  const account = postgresAccount();
  if (first !== 'postgres' && !first.startsWith('-'))
    return become(args, { ...account, prefix: [], switchTo: undefined });
  const settings = readSettings(process.env);
  const { dataDirectory, listen } = settings;
  const server = postgresProgram('postgres');
  checkReachable([server, dataDirectory], account);
  prepareDataDirectory(settings, account);
  removeStaleLock(dataDirectory);
  // Last, so that they hold: with listen_addresses='*', as in some manifests, all pods would meet on one port.
  const where = ['-h', listen.host, '-p', String(listen.port), '-c', 'unix_socket_directories='];
  become([server, '-D', dataDirectory, ...options, ...where], account);
}

try {
  start(process.argv.slice(2));
} catch (error) {
  console.error(`Error: ${(error as Error).message}`);
  process.exitCode = 1;
}
