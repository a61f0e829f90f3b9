/** One supervised connection to PostgreSQL: it is made again whenever it is lost, and says honestly what became of a statement. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError, type ClientConfig, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import type { DatabaseConfig } from './database-config.ts';
import type { Logger } from './logger.ts';
import { unavailable, type Problem } from './problem.ts';

/** Thrown by a preparation that no retry can mend. */
export class FatalDatabaseError extends Error {}

export interface DatabaseOptions {
  config: DatabaseConfig;
  logger: Logger;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Runs on each new connection before it is used; when it fails, the connection is made again. */
  prepare?: (client: Client) => Promise<void>;
  /** Called when prepare throws a FatalDatabaseError, after which no more attempts are made. */
  onFatal?: (error: FatalDatabaseError) => void;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1000;

/** The server gives up on a statement before the client does: its error says for certain that nothing was stored. */
const SERVER_SHARE_OF_TIMEOUT = 0.75;

export class Database {
  readonly #options: DatabaseOptions;
  readonly #stopping = new AbortController();
  #client: Client | undefined;
  #supervisor: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** Begins to connect, and returns at once: the database may come later than the service. */
  start(): void {
    this.#supervisor ??= this.#keepConnected();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end();
    await this.#supervisor;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Asks the server something: a connection may look well while the machine behind it is gone. */
  async responds(): Promise<boolean> {
    return this.query({ text: 'select 1' }).then(
      () => true,
      () => false,
    );
  }

  /**
   * Sends a statement in a transaction of its own, behind those that were sent before it (they are not waited for).
   * @throws {DatabaseError} when the server refused it: nothing of it is stored
   * @throws {Problem} 503 `database-unavailable` when it was not sent; 503 `outcome-unknown` when the connection was lost
   *   or the time-out passed while it was under way: it may or may not be stored
   */
  async query<Row extends unknown[]>(statement: Omit<QueryArrayConfig, 'rowMode'>): Promise<QueryArrayResult<Row>> {
    const client = this.#client;
    if (!client) throw databaseUnavailable();
    const deadline = this.#startDeadline(client);
    try {
      return await client.query<Row>({ ...statement, rowMode: 'array' });
    } catch (error) {
      // FATAL and PANIC end the session, perhaps after the commit; ERROR always means that it was rolled back.
      if (error instanceof DatabaseError && error.severity === 'ERROR') throw error;
      throw outcomeUnknown(error);
    } finally {
      deadline.clear();
    }
  }

  /**
   * Ends the connection when the time is up. pg's own query_timeout is not used: in a process that was not given the
   * processor for a while it fires although the answer has come, because timers run before sockets are read.
   */
  #startDeadline(client: Client): { clear: () => void } {
    let afterReading: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      afterReading = setImmediate(() => client.connection.stream.destroy());
    }, this.#options.config.timeoutMs);
    return {
      clear: () => {
        clearTimeout(timer);
        clearImmediate(afterReading);
      },
    };
  }

  async #keepConnected(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    while (!this.#stopping.signal.aborted) {
      try {
        const { client, lost } = await this.#connect();
        // close() came while this was connecting, and found no client to end.
        if (this.#stopping.signal.aborted) return void client.end();
        this.#client = client;
        this.#options.logger.info('database connected');
        delayMs = FIRST_RETRY_MS;
        const error = await lost;
        this.#client = undefined;
        if (!this.#stopping.signal.aborted) this.#options.logger.warn('database connection lost', { error });
      } catch (error) {
        if (error instanceof FatalDatabaseError) return this.#options.onFatal?.(error);
        this.#options.logger.warn('database not reachable', { error: String(error), retryInMs: Math.round(delayMs) });
      }
      // Half of it random, so that many pods do not return at the same moment.
      await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(() => {});
      delayMs = Math.min(delayMs * 1.5, LONGEST_RETRY_MS);
    }
  }

  async #connect(): Promise<{ client: Client; lost: Promise<unknown> }> {
    const client = new Client(this.#clientConfig());
    const lost = this.#whenLost(client);
    try {
      await client.connect();
      await this.#options.prepare?.(client);
      return { client, lost };
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
  }

  #clientConfig(): ClientConfig {
    const { config, applicationName } = this.#options;
    return {
      host: config.host,
      port: config.port,
      user: config.user,
      password: config.password,
      database: config.database,
      application_name: applicationName,
      connectionTimeoutMillis: config.timeoutMs,
      statement_timeout: Math.ceil(config.timeoutMs * SERVER_SHARE_OF_TIMEOUT),
      keepAlive: true,
      pipeline: true,
      // Plans depend on the size of a batch, which the planner cannot see: planning anew each time costs more than it gives.
      options: '-c plan_cache_mode=force_generic_plan',
    };
  }

  /** Resolves with the reason when the connection is gone. It must be called before connect(): pg throws unheard errors. */
  async #whenLost(client: Client): Promise<unknown> {
    let reason: unknown;
    client.on('error', (error) => {
      reason ??= error;
      // Known before the socket has closed: nothing more is sent to it.
      if (this.#client === client) this.#client = undefined;
    });
    await new Promise((resolve) => void client.once('end', resolve));
    return reason;
  }
}

export function databaseUnavailable(cause?: unknown): Problem {
  return unavailable(
    'database-unavailable',
    'The database is not available',
    'Nothing was stored. Try again later.',
    cause,
  );
}

function outcomeUnknown(cause?: unknown): Problem {
  return unavailable(
    'outcome-unknown',
    'The outcome is unknown',
    'The database was lost before it confirmed. Send the same ids again: what is already stored is not stored twice.',
    cause,
    // For clients that look at headers only.
    { 'x-outcome': 'unknown' },
  );
}
