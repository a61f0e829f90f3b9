/** The third book: what PostgreSQL holds, read from the database itself. */
import pg from 'pg';
import type { Cluster } from '../cluster/cluster.ts';
import { DATABASE, databaseCredentials } from '../cluster/deploy.ts';
import { AuditRows } from '../history/audit-rows.ts';
import { logIdRange, parseLogId } from '../load/log-id.ts';

export interface Totals {
  rollup: number;
  raw: number;
}

const CONNECT_LIMIT_MS = 10_000;

/** Sum of the roll-ups and count of the rows, in one snapshot. */
export async function readTotals(cluster: Cluster): Promise<Totals> {
  return withDatabase(cluster, totals);
}

/** The rows of the run, and the totals, in one snapshot. */
export async function auditDatabase(cluster: Cluster, runHash: string): Promise<{ rows: AuditRows; totals: Totals }> {
  return withDatabase(cluster, async (client) => ({
    rows: await runRows(client, runHash),
    totals: await totals(client),
  }));
}

/** Rows of the whole table by the pod that stored them. */
export async function readRowsByPod(cluster: Cluster): Promise<Record<string, number>> {
  return withDatabase(cluster, async (client) => {
    const result = await client.query<{ pod: string; rows: string }>(
      'select pod, count(*) as rows from logs group by pod',
    );
    return Object.fromEntries(result.rows.map(({ pod, rows }) => [pod, Number(rows)]));
  });
}

async function totals(client: pg.Client): Promise<Totals> {
  const result = await client.query<{ rollup: string; raw: string }>(
    'select (select total from log_rollup_total) as rollup, (select count(*) from logs) as raw',
  );
  return { rollup: Number(result.rows[0]!.rollup), raw: Number(result.rows[0]!.raw) };
}

/** A run may have a million rows, which at once would take hundreds of megabytes. */
const ROWS_PER_FETCH = 10_000;

/** Counts copies itself: an implementation under test may lack the primary key that the contract asks for. */
async function runRows(client: pg.Client, runHash: string): Promise<AuditRows> {
  const { first, last } = logIdRange(runHash);
  await client.query(
    `declare run_rows no scroll cursor for
     select id::text, min(pod), min(node), count(*)::int from logs where id between $1 and $2 group by id order by id`,
    [first, last],
  );
  const rows = new AuditRows();
  for (let fetched = ROWS_PER_FETCH; fetched === ROWS_PER_FETCH;) {
    const text = `fetch ${ROWS_PER_FETCH} from run_rows`;
    const result = await client.query<[string, string, string, number]>({ text, rowMode: 'array' });
    for (const [id, pod, node, copies] of result.rows) {
      const parsed = parseLogId(id);
      rows.push({ loadIndex: parsed?.loadIndex ?? -1, seq: parsed?.seq ?? -1, pod, node, copies });
    }
    fetched = result.rows.length;
  }
  return rows;
}

async function withDatabase<T>(cluster: Cluster, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const credentials = await databaseCredentials(cluster);
  const forwarded = await cluster.forward(DATABASE.pod, DATABASE.port);
  const client = new pg.Client({
    host: forwarded.host,
    port: forwarded.port,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    ...credentials,
  });
  // Without a listener a connection that is lost while idle would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin isolation level repeatable read read only');
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
    await forwarded.close();
  }
}
