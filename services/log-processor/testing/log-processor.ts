/** What the integration tests of log-processor share. */
import { randomUUID } from 'node:crypto';
import { Environment } from '../../shared/environment.ts';
import type { TestPostgres } from '../../shared/testing/postgres.ts';
import { silentLogger } from '../../shared/testing/silent-logger.ts';
import { until } from '../../shared/testing/until.ts';
import { buildApp } from '../app.ts';
import { readConfig } from '../config.ts';

export interface RunningProcessor {
  address: string;
  post: (body: unknown, contentType?: string) => Promise<Response>;
  metric: (name: string) => Promise<number>;
  close: () => Promise<void>;
}

/** log-processor in this process, ready to serve. */
export async function startProcessor(
  postgres: TestPostgres,
  environment: Record<string, string> = {},
): Promise<RunningProcessor> {
  const config = readConfig(
    new Environment({ ...postgres.environment, POD_NAME: 'pod-1', NODE_NAME: 'node-1', ...environment }),
  );
  const { app } = buildApp(config, silentLogger, (error) => {
    throw error;
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  await until(async () => (await fetch(`${address}/readyz`)).ok);
  return {
    address,
    post: (body, contentType) => postLogs(address, body, contentType),
    metric: async (name) => readMetric(await (await fetch(`${address}/metrics`)).text(), name),
    close: () => app.close(),
  };
}

/** @param body text as it is; anything else as JSON */
export function postLogs(address: string, body: unknown, contentType = 'application/json'): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${address}/logs`, { method: 'POST', headers: { 'content-type': contentType }, body: text });
}

function readMetric(exposition: string, name: string): number {
  return Number(
    exposition
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

export function makeLog(fields: Record<string, unknown> = {}): Record<string, unknown> & { id: string } {
  return {
    id: randomUUID(),
    timestamp: '2026-01-31T08:15:00.125Z',
    level: 'info',
    service: 'cart',
    message: 'took 5 ms',
    ...fields,
  };
}

/** How many logs there are by three ways of counting, in one snapshot; they must always be the same. */
export async function countLogs(postgres: TestPostgres): Promise<{ raw: number; totals: number; minutes: number }> {
  const [counts] = await postgres.query<{ raw: number; totals: number; minutes: number }>(`
    select (select count(*)::int from logs) as raw,
      (select total::int from log_rollup_total) as totals,
      (select coalesce(sum(total), 0)::int from log_rollup_minute) as minutes`);
  return counts!;
}

/** Groups of the roll-ups that differ from the logs. */
export function rollupErrors(postgres: TestPostgres): Promise<object[]> {
  return postgres.query(`
    with raw_totals as (
      select pod, node, dimension, key, count(*) as total
      from logs, lateral (values ('level', level), ('service', service), ('template', fingerprint)) as counted (dimension, key)
      group by 1, 2, 3, 4
    ),
    raw_minute as (select date_trunc('minute', "timestamp", 'UTC') as minute, pod, level, count(*) as total from logs group by 1, 2, 3)
    (select to_jsonb(totals) from (table raw_totals except table log_rollup) as totals)
    union all (select to_jsonb(totals) from (table log_rollup except table raw_totals) as totals)
    union all (select to_jsonb(minute) from (table raw_minute except table log_rollup_minute) as minute)
    union all (select to_jsonb(minute) from (table log_rollup_minute except table raw_minute) as minute)`);
}
