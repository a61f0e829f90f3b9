/** Every documented answer is produced by the service, and is as documented; and the service has no other routes. */
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { buildApp as buildGenerator } from '../log-generator/app.ts';
import { readConfig as readGeneratorConfig } from '../log-generator/config.ts';
import { buildApp as buildProcessor } from '../log-processor/app.ts';
import { readConfig as readProcessorConfig } from '../log-processor/config.ts';
import { makeLog } from '../log-processor/testing/log-processor.ts';
import { Environment } from '../shared/environment.ts';
import type { Service } from '../shared/service.ts';
import { startPostgres } from '../shared/testing/postgres.ts';
import { silentLogger } from '../shared/testing/silent-logger.ts';
import { until } from '../shared/testing/until.ts';
import { buildApp as buildStats } from '../stats-display/app.ts';
import { readConfig as readStatsConfig } from '../stats-display/config.ts';
import { Contract } from './contract.ts';

const { postgres, skip } = await startPostgres();
t.teardown(() => postgres?.remove());

type Answers = Record<string, (address: string) => Promise<Response>>;

const get = (path: string) => (address: string) => fetch(address + path);

const post =
  (path: string, body: string | object, contentType = 'application/json') =>
  (address: string) =>
    fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

const COMMON: Answers = {
  'GET /livez 200': get('/livez'),
  'GET /readyz 200': get('/readyz'),
  'GET /metrics 200': get('/metrics'),
};

const known = makeLog();

const PROCESSOR: Answers = {
  ...COMMON,
  'POST /logs 201': post('/logs', known),
  'POST /logs 200': post('/logs', known),
  'POST /logs 200 many': post('/logs', `${JSON.stringify(makeLog())}\n{}`, 'application/x-ndjson'),
  'POST /logs 400': post('/logs', { level: 'loud' }),
  'POST /logs 413': post('/logs', makeLog({ message: 'x'.repeat(70_000) })),
  'POST /logs 415': post('/logs', 'x', 'text/plain'),
};

const STATS: Answers = {
  ...COMMON,
  'GET /stats-display 200': get('/stats-display'),
  'GET /stats-display/ 200': get('/stats-display/'),
  'GET /stats-display/api/stats 200': get('/stats-display/api/stats'),
  'GET /stats-display/api/stats 400': get('/stats-display/api/stats?minutes=no'),
  'GET /stats-display/api/events 200': get('/stats-display/api/events'),
  'GET /stats-display/api/events 400': get('/stats-display/api/events?format=xml'),
};

/** To be asked for while PostgreSQL is away. */
const PROCESSOR_AWAY: Answers = {
  'GET /readyz 503': get('/readyz'),
  'POST /logs 503': post('/logs', makeLog()),
  'POST /logs 503 many': post('/logs', `${JSON.stringify(makeLog())}\n`, 'application/x-ndjson'),
};

const STATS_AWAY: Answers = {
  'GET /readyz 503': get('/readyz'),
  'GET /stats-display 503': get('/stats-display'),
  'GET /stats-display/ 503': get('/stats-display/'),
  'GET /stats-display/api/stats 503': get('/stats-display/api/stats'),
};

void t.test('log-processor and stats-display', { skip }, async (t) => {
  const environment = new Environment(postgres!.environment);
  const processor = buildProcessor(readProcessorConfig(environment), silentLogger, (error) => t.fail(error.message));
  const stats = buildStats(readStatsConfig(environment), silentLogger);
  const [processorAddress, statsAddress] = [await listen(t, processor), await listen(t, stats)];
  await until(async () => (await fetch(`${processorAddress}/readyz`)).ok && (await fetch(`${statsAddress}/readyz`)).ok);

  const processorContract = new Contract('log-processor');
  const statsContract = new Contract('stats-display');
  await check(t, processorContract, processorAddress, PROCESSOR);
  await check(t, statsContract, statsAddress, STATS);
  await postgres!.kill();
  await until(
    async () => !(await fetch(`${processorAddress}/readyz`)).ok && !(await fetch(`${statsAddress}/readyz`)).ok,
  );
  await check(t, processorContract, processorAddress, PROCESSOR_AWAY);
  await check(t, statsContract, statsAddress, STATS_AWAY);

  checkComplete(t, processorContract, processor.app, { ...PROCESSOR, ...PROCESSOR_AWAY });
  checkComplete(t, statsContract, stats.app, { ...STATS, ...STATS_AWAY });
});

void t.test('log-generator', async (t) => {
  // Nobody listens there: the logs fail, which is an answer too.
  const environment = new Environment({ LOG_PROCESSOR_URL: 'http://127.0.0.1:1', ATTEMPTS: '1' });
  const generator = buildGenerator(readGeneratorConfig(environment), silentLogger);
  const contract = new Contract('log-generator');
  const address = await listen(t, generator);
  const answers: Answers = {
    ...COMMON,
    'POST /generate 200': post('/generate', { count: 3, rate: 1000 }),
    'POST /generate 400': post('/generate', {}),
    'POST /generate 413': post('/generate', { count: 1, x: 'x'.repeat(2000) }),
    'POST /generate 415': post('/generate', 'x', 'a/b'),
  };
  await check(t, contract, address, answers);
  generator.lifecycle.beginDraining();
  const draining: Answers = { 'GET /readyz 503': get('/readyz') };
  await check(t, contract, address, draining);
  checkComplete(t, contract, generator.app, { ...answers, ...draining });
});

async function listen(t: Tap, { app, lifecycle }: Service): Promise<string> {
  t.teardown(() => {
    lifecycle.beginDraining();
    return app.close();
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function check(t: Tap, contract: Contract, address: string, answers: Answers): Promise<void> {
  for (const [key, ask] of Object.entries(answers)) {
    const response = await ask(address);
    const documented = withoutNote(key);
    t.equal(response.status, Number(documented.split(' ')[2]), key);
    const isStream = response.headers.get('content-type') === 'text/event-stream';
    const body = isStream ? await response.body!.cancel().then(() => '') : await response.text();
    t.same(contract.problemsOf(documented, { headers: response.headers, body }), [], `${key} is as documented`);
  }
}

function checkComplete(t: Tap, contract: Contract, app: FastifyInstance, answers: Answers): void {
  const produced = new Set(Object.keys(answers).map(withoutNote));
  t.same([...produced].sort(), contract.responses.sort(), 'every documented answer was produced');
  t.same(routesOf(app), contract.paths.sort(), 'every route is documented');
}

/** `POST /logs 200 many` is another way to `POST /logs 200`. */
function withoutNote(key: string): string {
  return key.split(' ').slice(0, 3).join(' ');
}

/** Paths of an app, from the tree that Fastify prints, where each level adds to the path of the one above it. */
function routesOf(app: FastifyInstance): string[] {
  const parents: string[] = [];
  const routes = new Set<string>();
  for (const line of app.printRoutes({ commonPrefix: false }).trimEnd().split('\n')) {
    const [, indent = '', path = ''] = /^(.*)[├└]── (\S+)/.exec(line) ?? [];
    const level = indent.length / 4;
    parents.splice(level, Infinity, (parents[level - 1] ?? '') + path);
    routes.add(parents[level]!);
  }
  return [...routes].sort();
}

type Tap = Pick<typeof t, 'equal' | 'same' | 'teardown' | 'fail'>;
