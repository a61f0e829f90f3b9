/** What a page of statistics costs when very many logs are stored: stats-display's whole answer, over HTTP. */
import { projectPath } from '../project.ts';
import type { BenchPostgres } from './postgres.ts';
import { ServerProcess } from './server-process.ts';

export const STORED_LOGS = 10_000_000;
const SAMPLES = 50;

/**
 * As many counts as forty pods leave behind in ten hours with four of them at a time, each having met 200 templates.
 * Only the roll-ups are made: the logs themselves are what reading them does without.
 */
const FILL = `
  truncate log_rollup, log_rollup_minute;
  insert into log_templates select to_hex(n), 'template ' || n from generate_series(1, 200) n on conflict do nothing;
  insert into log_rollup
    select 'pod-' || pod, 'w' || pod % 2, dimension, key, ${STORED_LOGS} / 40 / keys
    from generate_series(1, 40) pod, lateral (
      select 'level', 'level-' || n, 6 from generate_series(1, 6) n
      union all select 'service', 'service-' || n, 10 from generate_series(1, 10) n
      union all select 'template', to_hex(n), 200 from generate_series(1, 200) n
    ) as counted (dimension, key, keys);
  update log_rollup set total = total + 1;
  insert into log_rollup_minute
    select date_trunc('minute', now(), 'UTC') - minute * interval '1 minute', 'pod-' || pod, 'level-' || level, ${STORED_LOGS} / 14400
    from generate_series(0, 599) minute, generate_series(1, 4) pod, generate_series(1, 6) level;
  analyze log_rollup, log_rollup_minute, log_templates`;

/** Milliseconds per answer, of a service that nobody else asks; throws when it does not count all logs. */
export async function measureStats(postgres: BenchPostgres): Promise<number[]> {
  await postgres.query(FILL);
  const server = await ServerProcess.start({
    name: 'stats-display',
    command: process.execPath,
    args: () => [projectPath('services/stats-display/server.ts')],
    environment: { POD_NAME: 'bench', NODE_NAME: 'bench', DRAIN_DELAY_MS: '0', ...postgres.environment },
    readyPath: '/readyz',
  });
  try {
    const samples: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const startedAt = performance.now();
      const answer = await fetch(`http://127.0.0.1:${server.port}/stats-display/api/stats`);
      const { totals } = (await answer.json()) as { totals: { logs: number } };
      samples.push(performance.now() - startedAt);
      if (totals.logs < STORED_LOGS) throw new Error(`stats-display counts ${totals.logs} logs`);
    }
    return samples;
  } finally {
    await server.stop();
  }
}
