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

/** One statement, hence one snapshot: the parts add up to the total. Every log is counted once in each dimension. */
const READ_STATS = `
  with totals as materialized (
    select dimension, key, sum(total)::bigint as logs from log_rollup group by dimension, key
    union all
    select case when pod is not null then 'pod' else 'node' end, coalesce(pod, node), sum(total)::bigint from log_rollup
    where dimension = 'level' group by grouping sets (pod, node)
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
    select fingerprint, template, logs from totals join log_templates on dimension = 'template' and fingerprint = key
    order by logs desc, fingerprint limit $2::int
  )
  select json_build_object(
    'generatedAt', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'totals', (select json_build_object('logs', coalesce(sum(logs) filter (where dimension = 'level'), 0), 'services', ${countOf('service')},
      'pods', ${countOf('pod')}, 'nodes', ${countOf('node')}, 'templates', ${countOf('template')}) from totals),
    'byLevel', ${totalsBy('level')},
    'byService', ${totalsBy('service')},
    'byPod', ${totalsBy('pod')},
    'byNode', ${totalsBy('node')},
    'byMinute', (select json_agg(json_build_object('minute', to_char(minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'logs', logs, 'byLevel', by_level) order by minute) from by_minute),
    'topTemplates', (select coalesce(json_agg(top_templates order by logs desc, fingerprint), '[]') from top_templates)
  )`;

type Dimension = 'level' | 'service' | 'template' | 'pod' | 'node';

function countOf(dimension: Dimension): string {
  return `count(*) filter (where dimension = '${dimension}')`;
}

function totalsBy(dimension: Dimension): string {
  return `(select coalesce(json_object_agg(key, logs order by logs desc, key), '{}') from totals where dimension = '${dimension}')`;
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
