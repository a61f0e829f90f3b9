/** What a page of statistics costs when very many logs are stored: stats-display's whole answer, over HTTP. */
import { projectPath } from '../project.ts';
import { median } from './figure.ts';
import type { BenchPostgres } from './postgres.ts';
import { ServerProcess } from './server-process.ts';

export const STORED_LOGS = 10_000_000;
const SAMPLES = 50;

/**
 * As many counts as four pods leave behind in ten hours: every combination of level, service and template, and every minute.
 * Only the roll-ups are made: the logs themselves are what reading them does without.
 */
const FILL = `
  truncate log_rollup_series, log_rollup_minute;
  insert into log_templates select to_hex(n), 'template ' || n from generate_series(1, 40) n on conflict do nothing;
  insert into log_rollup_series
    select 'pod-' || pod, 'w' || pod % 2, 'level-' || level, 'service-' || service, to_hex(template), 0
    from generate_series(1, 4) pod, generate_series(1, 6) level, generate_series(1, 10) service, generate_series(1, 40) template;
  update log_rollup_series set total = ${STORED_LOGS} / (select count(*) from log_rollup_series) + 1;
  insert into log_rollup_minute
    select date_trunc('minute', now(), 'UTC') - minute * interval '1 minute', 'pod-' || pod, 'level-' || level, ${STORED_LOGS} / 14400
    from generate_series(0, 599) minute, generate_series(1, 4) pod, generate_series(1, 6) level;
  analyze log_rollup_series, log_rollup_minute, log_templates`;

/** Milliseconds per answer, of a service that nobody else asks; throws when it does not count all logs. */
export async function measureStats(postgres: BenchPostgres): Promise<{ typical: number; samples: number[] }> {
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
    return { typical: median(samples), samples };
  } finally {
    await server.stop();
  }
}
