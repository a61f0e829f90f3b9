/** Stores a batch of logs and counts it in the roll-ups: one statement, hence one transaction and one round trip. */
import { DatabaseError } from 'pg';
import { databaseUnavailable, type Database } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';
import type { Identity } from '../shared/service-config.ts';
import { jsonbArray, textArray, timestampArray, uuidArray } from './binary-arrays.ts';
import type { ProcessedLog } from './log.ts';

/** `refused`: PostgreSQL does not accept this log, although it is valid by the contract. */
export type StoreOutcome = 'stored' | 'duplicate' | 'refused';

/**
 * Only rows that were really inserted are counted, so that roll-ups equal the raw counts whatever is sent twice. All rows
 * are locked in sorted order (the arrays come sorted by id), in every pod the same, which is what keeps pods from
 * deadlocking one another. The answer holds no ids unless there were duplicates.
 *
 * @param onDuplicate what becomes of a log whose id is stored already
 * @param isWithTemplates a statement of its own, because most batches bring no new template and even an empty step costs time
 */
function storeBatch(onDuplicate: 'fail' | 'skip', isWithTemplates: boolean): string {
  return `
  with stored as (
    insert into logs (id, "timestamp", level, service, message, attributes, fingerprint, received_at, pod, node)
    select id, "timestamp", level, service, message, attributes, fingerprint, received_at, $9, $10
    from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::timestamptz[])
      as log (id, "timestamp", level, service, message, attributes, fingerprint, received_at)
    ${onDuplicate === 'skip' ? 'on conflict (id) do nothing' : ''}
    returning id, "timestamp", level, service, fingerprint
  ), totals as (
    insert into log_rollup as rollup (pod, node, dimension, key, total)
    select $9, $10,
      case when level is not null then 'level' when service is not null then 'service' else 'template' end as dimension,
      coalesce(level, service, fingerprint) as key, count(*)
    from stored group by grouping sets (level, service, fingerprint) order by key, dimension
    on conflict (key, dimension, pod, node) do update set total = rollup.total + excluded.total
  ), minutes as (
    insert into log_rollup_minute as rollup (minute, pod, level, total)
    select date_trunc('minute', "timestamp", 'UTC') as minute, $9, level, count(*) from stored
    group by minute, level order by minute, level
    on conflict (minute, pod, level) do update set total = rollup.total + excluded.total
  )${isWithTemplates ? STORE_TEMPLATES : ''}
  select count(*)::int, case when count(*) < $11 then array_agg(id) end from stored`;
}

const STORE_TEMPLATES = `, templates as (
    insert into log_templates (fingerprint, template)
    select fingerprint, template from unnest($12::text[], $13::text[]) as new (fingerprint, template) order by fingerprint
    on conflict (fingerprint) do nothing
  )`;

/**
 * Letting the insert fail and repeating it with `skip` is a quarter cheaper for the database than `skip` alone, as long as
 * there are no duplicates.
 */
const STATEMENTS = {
  fail: {
    plain: { name: 'store-batch', text: storeBatch('fail', false) },
    withTemplates: { name: 'store-batch-with-templates', text: storeBatch('fail', true) },
  },
  skip: {
    plain: { name: 'store-batch-skip', text: storeBatch('skip', false) },
    withTemplates: { name: 'store-batch-skip-with-templates', text: storeBatch('skip', true) },
  },
};

/** Duplicates come in bursts, when clients send again what an outage has left open: so many batches more may have some. */
const BATCHES_AFTER_DUPLICATE = 100;

export class LogStore {
  readonly #database: Database;
  readonly #identity: Identity;
  readonly #logger: Logger;
  /** Fingerprints whose templates are known to be in the database. */
  readonly #storedTemplates = new Set<string>();
  /** For so many batches duplicates are expected. */
  #batchesToSkipIn = 0;

  constructor(database: Database, identity: Identity, logger: Logger) {
    this.#database = database;
    this.#identity = identity;
    this.#logger = logger;
  }

  /** To be called for each new connection: behind it may be another database. */
  forgetTemplates(): void {
    this.#storedTemplates.clear();
  }

  /**
   * Resolves with the outcome of each log after the commit.
   * @throws {Problem} as Database.query does
   */
  async write(logs: ProcessedLog[]): Promise<StoreOutcome[]> {
    try {
      return await this.#insert(logs);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (!isCausedByData(error)) {
        this.#logger.error('batch not stored', { error, logs: logs.length });
        throw databaseUnavailable(error);
      }
      return this.#writeInHalves(logs, error);
    }
  }

  /** Finds the log that the database does not take, so that its neighbours are stored. */
  async #writeInHalves(logs: ProcessedLog[], error: DatabaseError): Promise<StoreOutcome[]> {
    if (logs.length === 1) {
      this.#logger.error('log refused by the database', { error, id: logs[0]?.id });
      return ['refused'];
    }
    const middle = Math.ceil(logs.length / 2);
    return [...(await this.write(logs.slice(0, middle))), ...(await this.write(logs.slice(middle)))];
  }

  async #insert(logs: ProcessedLog[]): Promise<StoreOutcome[]> {
    if (this.#batchesToSkipIn > 0) {
      this.#batchesToSkipIn--;
      return this.#send(logs, 'skip');
    }
    try {
      return await this.#send(logs, 'fail');
    } catch (error) {
      if (!isDuplicateId(error)) throw error;
      return this.#send(logs, 'skip');
    }
  }

  async #send(logs: ProcessedLog[], onDuplicate: 'fail' | 'skip'): Promise<StoreOutcome[]> {
    const templates = this.#newTemplates(logs);
    const values = this.#parameters(logs.toSorted(byId));
    if (templates.size > 0) values.push(textArray([...templates.keys()]), textArray([...templates.values()]));
    const statement = STATEMENTS[onDuplicate][templates.size > 0 ? 'withTemplates' : 'plain'];
    const result = await this.#database.query<[storedCount: number, storedIds: string[] | null]>({
      ...statement,
      values,
    });
    for (const fingerprint of templates.keys()) this.#storedTemplates.add(fingerprint);
    const [storedCount, storedIds] = result.rows[0]!;
    if (storedCount === logs.length) return logs.map(() => 'stored');
    this.#batchesToSkipIn = BATCHES_AFTER_DUPLICATE;
    return tellDuplicates(logs, storedIds ?? []);
  }

  #parameters(logs: ProcessedLog[]): unknown[] {
    return [
      uuidArray(logs.map(({ id }) => id)),
      timestampArray(logs.map(({ timestampMicros }) => timestampMicros)),
      textArray(logs.map(({ level }) => level)),
      textArray(logs.map(({ service }) => service)),
      textArray(logs.map(({ message }) => message)),
      jsonbArray(logs.map(({ attributes }) => attributes)),
      textArray(logs.map(({ template }) => template.fingerprint)),
      timestampArray(logs.map(({ receivedAtMs }) => BigInt(receivedAtMs) * 1000n)),
      this.#identity.pod,
      this.#identity.node,
      logs.length,
    ];
  }

  #newTemplates(logs: ProcessedLog[]): Map<string, string> {
    const templates = new Map<string, string>();
    for (const { template } of logs) {
      if (!this.#storedTemplates.has(template.fingerprint)) templates.set(template.fingerprint, template.text);
    }
    return templates;
  }
}

function byId(a: ProcessedLog, b: ProcessedLog): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** The first log of a batch with a stored id is the one that was stored; others with it are duplicates. */
function tellDuplicates(logs: ProcessedLog[], storedIds: string[]): StoreOutcome[] {
  const stored = new Set(storedIds);
  return logs.map(({ id }) => (stored.delete(id) ? 'stored' : 'duplicate'));
}

function isDuplicateId(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === 'logs_pkey';
}

const UNIQUE_VIOLATION = '23505';

/** Classes of SQLSTATE: 22 data exception, 23 integrity constraint violation, 54 program limit exceeded. */
function isCausedByData({ code = '' }: DatabaseError): boolean {
  return ['22', '23', '54'].includes(code.slice(0, 2));
}
