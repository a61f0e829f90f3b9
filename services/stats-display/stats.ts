/** Reads the statistics from the roll-ups, never from the logs: the cost does not depend on how many there are. */
import { DatabaseError } from 'pg';
import type { Database } from '../shared/database.ts';
import { databaseUnavailable } from '../shared/database.ts';

export type Totals = Record<string, number>;

export interface Stats {
  /** The database's clock when it read them, RFC 3339. */
  generatedAt: string;
  totals: { logs: number; services: number; pods: number; nodes: number; templates: number };
  byLevel: Totals;
  byService: Totals;
  byPod: Totals;
  byNode: Totals;
  /** The last minutes by the logs' own timestamps, oldest first, also those without logs. */
  byMinute: { minute: string; logs: number; byLevel: Totals }[];
  topTemplates: { fingerprint: string; template: string; logs: number }[];
}

export interface StatsQuery {
  minutes: number;
  templates: number;
}

export const DEFAULT_QUERY: StatsQuery = { minutes: 60, templates: 10 };

/**
 * One statement, hence one snapshot: the parts add up to the total. The roll-ups are gone through once for all groupings;
 * in a row of `totals` just the column is not null by which the row was grouped.
 */
const READ_STATS = `
  with totals as materialized (
    select level, service, pod, node, fingerprint, sum(total)::bigint as logs from log_rollup_series
    group by grouping sets (level, service, pod, node, fingerprint)
  ), range as (
    select date_trunc('minute', now(), 'UTC') as last, date_trunc('minute', now(), 'UTC') - ($1::int - 1) * interval '1 minute' as first
  ), by_minute_and_level as (
    select minute, level, sum(total)::bigint as logs from log_rollup_minute
    where minute >= (select first from range) and minute <= (select last from range) group by minute, level
  ), by_minute as (
    select minute, coalesce(sum(logs), 0)::bigint as logs,
      coalesce(json_object_agg(level, logs) filter (where level is not null), '{}') as by_level
    from range, generate_series(first, last, interval '1 minute') as minute left join by_minute_and_level using (minute)
    group by minute
  ), top_templates as (
    select fingerprint, template, logs from totals join log_templates using (fingerprint)
    order by logs desc, fingerprint limit $2::int
  )
  select json_build_object(
    'generatedAt', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'totals', (select json_build_object('logs', coalesce(sum(logs) filter (where level is not null), 0), 'services', count(service),
      'pods', count(pod), 'nodes', count(node), 'templates', count(fingerprint)) from totals),
    'byLevel', ${totalsBy('level')},
    'byService', ${totalsBy('service')},
    'byPod', ${totalsBy('pod')},
    'byNode', ${totalsBy('node')},
    'byMinute', (select json_agg(json_build_object('minute', to_char(minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'logs', logs, 'byLevel', by_level) order by minute) from by_minute),
    'topTemplates', (select coalesce(json_agg(top_templates order by logs desc, fingerprint), '[]') from top_templates)
  )`;

function totalsBy(column: 'level' | 'service' | 'pod' | 'node'): string {
  return `(select coalesce(json_object_agg(${column}, logs order by logs desc, ${column}), '{}') from totals where ${column} is not null)`;
}

/** @throws {Problem} 503 when the database is away, or log-processor has not yet made its tables */
export async function readStats(database: Database, { minutes, templates }: StatsQuery): Promise<Stats> {
  try {
    const { rows } = await database.query<[Stats]>({ name: 'stats', text: READ_STATS, values: [minutes, templates] });
    return rows[0]![0];
  } catch (error) {
    throw error instanceof DatabaseError ? databaseUnavailable(error) : error;
  }
}
