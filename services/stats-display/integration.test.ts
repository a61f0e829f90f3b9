/** stats-display against a real PostgreSQL, with the tables that log-processor makes. */
import { Client } from 'pg';
import t from 'tap';
import { migrate } from '../log-processor/migrate.ts';
import { Environment } from '../shared/environment.ts';
import { startPostgres, type TestPostgres } from '../shared/testing/postgres.ts';
import { silentLogger } from '../shared/testing/silent-logger.ts';
import { until } from '../shared/testing/until.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

const { postgres, skip } = await startPostgres();
t.teardown(() => postgres?.remove());

async function start(environment: Record<string, string> = {}) {
  const config = readConfig(new Environment({ ...postgres!.environment, POD_NAME: 'stats-1', ...environment }));
  const { app, lifecycle } = buildApp(config, silentLogger);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const close = async () => {
    lifecycle.beginDraining();
    await app.close();
  };
  return { address, close };
}

async function makeTables(postgres: TestPostgres): Promise<void> {
  const client = new Client(postgres.config);
  await client.connect();
  await migrate(client, new URL('../log-processor/migrations/', import.meta.url));
  await client.end();
}

const getJson = async (url: string) => (await (await fetch(url)).json()) as Record<string, unknown>;

void t.test('not ready before the tables are there', { skip }, async (t) => {
  const { address, close } = await start();
  t.teardown(close);
  await until(
    async () =>
      (await postgres!.query(`select 1 from pg_stat_activity where application_name like 'stats-display%'`)).length > 0,
  );
  t.equal((await fetch(`${address}/readyz`)).status, 503);
  t.equal((await fetch(`${address}/stats-display`)).status, 503);
  await makeTables(postgres!);
  t.equal((await fetch(`${address}/readyz`)).status, 200);
  t.match(await getJson(`${address}/stats-display/api/stats`), {
    totals: { logs: 0, services: 0, pods: 0, nodes: 0, templates: 0 },
    byLevel: {},
    byMinute: { length: 60 },
    topTemplates: [],
  });
});

void t.test('statistics', { skip }, async (t) => {
  await postgres!.query(`
    insert into log_templates values ('f1', 'took <num> ms'), ('f2', '<b>');
    insert into log_rollup values
      ('pod-1', 'w1', 'level', 'info', 5), ('pod-2', 'w2', 'level', 'info', 3), ('pod-2', 'w2', 'level', 'error', 2),
      ('pod-1', 'w1', 'service', 'cart', 5), ('pod-2', 'w2', 'service', 'cart', 3), ('pod-2', 'w2', 'service', '__proto__', 2),
      ('pod-1', 'w1', 'template', 'f1', 5), ('pod-2', 'w2', 'template', 'f1', 3), ('pod-2', 'w2', 'template', 'f2', 2);
    insert into log_rollup_minute values
      (date_trunc('minute', now()), 'pod-1', 'info', 5), (date_trunc('minute', now()), 'pod-2', 'info', 3),
      (date_trunc('minute', now()) - interval '1 minute', 'pod-2', 'error', 2), ('2020-01-01', 'pod-1', 'info', 1)`);
  const { address, close } = await start();
  t.teardown(close);
  await until(async () => (await fetch(`${address}/readyz`)).ok);

  const stats = await getJson(`${address}/stats-display/api/stats?minutes=3&templates=1`);
  t.match(stats, {
    generatedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    totals: { logs: 10, services: 2, pods: 2, nodes: 2, templates: 2 },
    byLevel: { info: 8, error: 2 },
    byPod: { 'pod-1': 5, 'pod-2': 5 },
    byNode: { w1: 5, w2: 5 },
    topTemplates: [{ fingerprint: 'f1', template: 'took <num> ms', logs: 8 }],
  });
  t.same(Object.entries(stats['byService'] as object), [
    ['cart', 8],
    ['__proto__', 2],
  ]);
  const minutes = stats['byMinute'] as { logs: number; byLevel: object }[];
  t.equal(minutes.length, 3);
  t.same(
    minutes.map(({ logs }) => logs).filter((logs) => logs > 0),
    [2, 8],
  );

  const wrong = await fetch(`${address}/stats-display/api/stats?minutes=0&templates=x&other=1`);
  t.equal(wrong.status, 400);
  t.match(await wrong.json(), { errors: [{ field: 'other' }, { field: 'minutes' }, { field: 'templates' }] });
  const page = await fetch(`${address}/stats-display`);
  t.match(page.headers.get('content-type'), 'text/html');
  t.match(await page.text(), 'took &lt;num&gt; ms');
});

void t.test('live updates: one reading per interval for all listeners, none without', { skip }, async (t) => {
  const { address, close } = await start({ UPDATE_INTERVAL_MS: '50' });
  t.teardown(close);
  await until(async () => (await fetch(`${address}/readyz`)).ok);
  const streams = await Promise.all(
    ['json', 'html', 'html', 'json'].map((format) => listen(`${address}/stats-display/api/events?format=${format}`)),
  );
  await until(() => streams.every(({ text }) => text().split('event: stats').length > 4));
  t.match(streams[0]!.text(), /^retry: 1000\n\nevent: stats\ndata: \{"generatedAt"/);
  t.match(streams[1]!.text(), 'data: <section><h2>Logs per minute</h2>');
  const [first, , , last] = streams.map(({ text }) => text().match(/"generatedAt":"[^"]+"/g));
  t.ok(first?.includes(last?.[1] ?? ''), 'both have the same readings');
  for (const { stop } of streams) stop();
  await until(async () => (await (await fetch(`${address}/metrics`)).text()).includes('stats_listeners 0'));
  t.equal((await fetch(`${address}/stats-display/api/events?format=xml`)).status, 400);
});

void t.test('while the database is away: 503, and listeners are told', { skip }, async (t) => {
  const { address, close } = await start({ UPDATE_INTERVAL_MS: '50' });
  t.teardown(close);
  await until(async () => (await fetch(`${address}/readyz`)).ok);
  const stream = await listen(`${address}/stats-display/api/events`);
  await postgres!.kill();
  const response = await fetch(`${address}/stats-display/api/stats`);
  t.equal(response.status, 503);
  t.equal(response.headers.get('retry-after'), '1');
  await until(() => stream.text().includes('event: problem'));
  await postgres!.start();
  await until(() => stream.text().split('event: problem').at(-1)?.includes('event: stats'));
  stream.stop();
});

void t.test('an open stream does not hold up the end of the service', { skip }, async (t) => {
  const { address, close } = await start();
  const stream = await listen(`${address}/stats-display/api/events`);
  await close();
  t.ok(await until(() => stream.ended()));
});

async function listen(url: string) {
  const stopping = new AbortController();
  const response = await fetch(url, { signal: stopping.signal });
  const decoder = new TextDecoder();
  let text = '';
  let ended = false;
  const read = async () => {
    for await (const chunk of response.body!) text += decoder.decode(chunk, { stream: true });
  };
  void read()
    .catch(() => {})
    .finally(() => (ended = true));
  return { text: () => text, ended: () => ended, stop: () => stopping.abort() };
}
