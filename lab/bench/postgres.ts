/** A PostgreSQL of its own for a benchmark, as its image in the lab starts it: passwords by SCRAM, nothing made faster at durability's cost. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { projectPath } from '../project.ts';
import { freePort } from './free-port.ts';

const START_DEADLINE_MS = 30_000;
const POLL_MS = 50;
const HOST = '127.0.0.1';

/** Larger logs of changes than usual, so that no contender pays for a checkpoint that another has caused. */
const SETTINGS = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'max_connections=250',
  'max_wal_size=8GB',
];

export class BenchPostgres {
  /** libpq's variables, which every client here reads. */
  readonly environment: Record<string, string>;
  readonly #directory: string;
  readonly #server: ChildProcess;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    const account = { PGUSER: 'bench', PGPASSWORD: 'bench', PGDATABASE: 'bench' };
    this.environment = { PGHOST: HOST, PGPORT: String(port), ...account };
    const image = { POSTGRES_USER: 'bench', POSTGRES_PASSWORD: 'bench', POSTGRES_DB: 'bench' };
    this.#server = spawn(
      process.execPath,
      [projectPath('lab/embedded/images/postgres/entrypoint.ts'), ...SETTINGS.flatMap((setting) => ['-c', setting])],
      { env: { ...process.env, ...image, PGPORT: String(port), PGDATA: join(directory, 'data') }, stdio: 'ignore' },
    );
  }

  /** Throws Error when it does not answer within half a minute. */
  static async start(): Promise<BenchPostgres> {
    const postgres = new BenchPostgres(await mkdtemp(join(tmpdir(), 'log-lab-bench-')), await freePort());
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      try {
        await postgres.query('select 1');
        return postgres;
      } catch (error) {
        if (performance.now() < deadline && postgres.#server.exitCode === null) await sleep(POLL_MS);
        else throw await postgres.stop().then(() => new Error('PostgreSQL does not start', { cause: error }));
      }
    }
  }

  /** On a connection of its own. */
  async query<Row extends object>(text: string): Promise<Row[]> {
    const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = this.environment;
    const client = new Client({ host, port: Number(port), user, password, database });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Ends it and deletes its data. */
  async stop(): Promise<void> {
    if (this.#server.exitCode === null && this.#server.signalCode === null) {
      const ended = once(this.#server, 'exit');
      this.#server.kill('SIGINT');
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}
