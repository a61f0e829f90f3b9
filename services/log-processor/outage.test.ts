/** What becomes of logs when the database or the service ends while they are under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startFreezingProxy } from '../shared/testing/freezing-proxy.ts';
import { startPostgres, type TestPostgres } from '../shared/testing/postgres.ts';
import { ServiceProcess } from '../shared/testing/service-process.ts';
import { until } from '../shared/testing/until.ts';
import { countLogs, makeLog, postLogs, rollupErrors, startProcessor } from './testing/log-processor.ts';

const { postgres, skip } = await startPostgres();
t.teardown(() => postgres?.remove());

/** Posts from several clients until told to stop; what was answered by id: a status, or 0 for no answer. */
function load(addresses: () => string[], clients: number) {
  const answers = new Map<string, number>();
  const problems = new Map<string, number>();
  const stopping = new AbortController();
  const client = async (number: number) => {
    for (let turn = number; !stopping.signal.aborted; turn++) {
      const log = makeLog({ message: `client ${number}` });
      const targets = addresses();
      const startedAt = performance.now();
      try {
        const response = await postLogs(targets[turn % targets.length]!, log);
        answers.set(log.id, response.status);
        const { type = '' } = (await response.json()) as { type?: string };
        if (response.status === 503)
          problems.set(type, Math.max(problems.get(type) ?? 0, performance.now() - startedAt));
      } catch {
        answers.set(log.id, 0);
        await sleep(5);
      }
    }
  };
  const finished = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return {
    answers,
    /** Longest time to each kind of problem. */
    problems,
    acknowledged: () => [...answers].filter(([, status]) => status === 201).map(([id]) => id),
    stop: async () => {
      stopping.abort();
      await finished;
    },
  };
}

const SESSIONS = `select pid from pg_stat_activity where application_name like 'log-processor %'`;

async function storedIds(postgres: TestPostgres): Promise<Set<string>> {
  const rows = await postgres.query<{ id: string }>('select id from logs');
  return new Set(rows.map(({ id }) => id));
}

void t.test(
  'kill -9 of PostgreSQL under load: nothing acknowledged is lost, and service resumes',
  { skip },
  async (t) => {
    const processors = await Promise.all(['a', 'b'].map((pod) => startProcessor(postgres!, { POD_NAME: pod })));
    t.teardown(() => Promise.all(processors.map(({ close }) => close())));
    const traffic = load(() => processors.map(({ address }) => address), 20);
    t.teardown(traffic.stop);
    await until(() => traffic.acknowledged().length > 200);
    await postgres!.kill();
    await until(async () => (await fetch(`${processors[0]!.address}/readyz`)).status === 503);
    t.equal((await fetch(`${processors[0]!.address}/livez`)).status, 200);
    const refused = await processors[0]!.post(makeLog());
    t.equal(refused.status, 503);
    t.equal(refused.headers.get('retry-after'), '1');
    t.match(await refused.json(), { type: 'urn:log-lab:problem:database-unavailable' });
    await postgres!.start();
    const before = traffic.acknowledged().length;
    await until(() => traffic.acknowledged().length > before + 200);
    await traffic.stop();

    const stored = await storedIds(postgres!);
    t.same(
      traffic.acknowledged().filter((id) => !stored.has(id)),
      [],
      'lost',
    );
    t.same(await rollupErrors(postgres!), []);
    const counts = await countLogs(postgres!);
    t.same(counts, { raw: counts.raw, totals: counts.raw, minutes: counts.raw });
    t.same(
      [...new Set(traffic.answers.values())].filter((status) => status !== 201 && status !== 503),
      [],
    );
    for (const [type, ms] of traffic.problems) t.ok(ms < 2000, `${type} after ${Math.round(ms)} ms at most`);
  },
);

void t.test(
  'a commit that hangs: the answer says that the outcome is unknown, and a retry finds the log',
  { skip },
  async (t) => {
    const { post, address, close } = await startProcessor(postgres!, { DATABASE_TIMEOUT_MS: '400' });
    t.teardown(close);
    // The connection dies in the middle of the statement, as with a server that lost its power.
    await postgres!.query(`
    create function hang() returns trigger language plpgsql as $$ begin
      perform set_config('statement_timeout', '0', true); perform pg_sleep(1); return new; end $$;
    create trigger hang before insert on logs for each statement execute function hang();`);
    const log = makeLog();
    const hanging = post(log);
    await until(
      async () => (await postgres!.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
    );
    await postgres!.query(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`);
    const response = await hanging;
    t.equal(response.status, 503);
    t.equal(response.headers.get('x-outcome'), 'unknown');
    t.match(await response.json(), { type: 'urn:log-lab:problem:outcome-unknown' });
    await postgres!.query('drop trigger hang on logs; drop function hang');
    await until(async () => (await fetch(`${address}/readyz`)).ok);
    t.equal((await post(log)).status, 201);
    t.equal((await post(log)).status, 200);
  },
);

void t.test('a statement that waits too long is given up with a certain answer', { skip }, async (t) => {
  const { post, address, close } = await startProcessor(postgres!, { DATABASE_TIMEOUT_MS: '400' });
  t.teardown(close);
  const locking = postgres!.query('begin; lock table logs; select pg_sleep(1); commit');
  await until(
    async () => (await postgres!.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
  );
  const startedAt = performance.now();
  const response = await post(makeLog());
  t.equal(response.status, 503);
  t.match(await response.json(), { type: 'urn:log-lab:problem:database-unavailable' });
  t.ok(performance.now() - startedAt < 1000);
  t.equal((await fetch(`${address}/readyz`)).status, 200, 'the connection is still good');
  await locking;
});

void t.test('a database whose machine lost its power: answers within a second, and recovery', { skip }, async (t) => {
  const proxy = await startFreezingProxy(postgres!.config.port);
  const { post, address, close } = await startProcessor(postgres!, { PGPORT: String(proxy.port) });
  t.teardown(async () => {
    proxy.close();
    await close();
  });
  t.equal((await post(makeLog())).status, 201);
  proxy.freeze();
  t.match(await (await post(makeLog())).json(), { type: 'urn:log-lab:problem:outcome-unknown' });
  const startedAt = performance.now();
  t.match(await (await post(makeLog())).json(), { type: 'urn:log-lab:problem:database-unavailable' });
  t.ok(performance.now() - startedAt < 500, 'at once, now that the loss is known');
  t.equal((await fetch(`${address}/readyz`)).status, 503);
  proxy.thaw();
  await until(async () => (await fetch(`${address}/readyz`)).ok);
  t.equal((await post(makeLog())).status, 201);
});

void t.test('behind a new connection may be a database without the templates', { skip }, async (t) => {
  const { post, address, close } = await startProcessor(postgres!);
  t.teardown(close);
  const log = makeLog({ message: 'met before the loss' });
  t.equal((await post(log)).status, 201);
  await postgres!.query('truncate logs, log_templates, log_rollup, log_rollup_minute');
  const [before] = await postgres!.query(SESSIONS);
  await postgres!.query(`select pg_terminate_backend(${String(before!['pid'])})`);
  await until(async () => {
    const [session] = await postgres!.query(SESSIONS);
    return session !== undefined && session['pid'] !== before!['pid'];
  });
  await until(async () => (await fetch(`${address}/readyz`)).ok);
  t.equal((await post(log)).status, 201);
  t.same(await postgres!.query('select template from logs join log_templates using (fingerprint)'), [
    { template: 'met before the loss' },
  ]);
});

void t.test(
  'SIGTERM under load: every request that was taken is answered, and the log is there',
  { skip },
  async (t) => {
    const service = new ServiceProcess('log-processor', { ...postgres!.environment, DRAIN_DELAY_MS: '200' });
    const other = new ServiceProcess('log-processor', postgres!.environment);
    t.teardown(() => Promise.all([service.end(), other.end()]));
    const addresses = [await service.ready(), await other.ready()];
    const traffic = load(() => addresses, 20);
    t.teardown(traffic.stop);
    await until(() => traffic.acknowledged().length > 200);
    service.signal('SIGTERM');
    await until(async () => (await fetch(`${addresses[0]!}/readyz`)).status === 503);
    // As the Service does when the endpoint is not ready: new requests go elsewhere.
    addresses[0] = addresses[1]!;
    t.equal(await service.exited(), 0);
    await traffic.stop();
    t.same([...new Set(traffic.answers.values())], [201], 'no request was refused or lost');
    const stored = await storedIds(postgres!);
    t.same(
      traffic.acknowledged().filter((id) => !stored.has(id)),
      [],
    );
  },
);

void t.test('kill -9 of the service: nothing acknowledged is lost, and the roll-ups are right', { skip }, async (t) => {
  const services = [0, 1].map(() => new ServiceProcess('log-processor', postgres!.environment));
  t.teardown(() => Promise.all(services.map((service) => service.end())));
  const addresses = await Promise.all(services.map((service) => service.ready()));
  const traffic = load(() => addresses, 20);
  t.teardown(traffic.stop);
  const counts: Awaited<ReturnType<typeof countLogs>>[] = [];
  const countUntil = (acknowledged: number) =>
    until(async () => {
      counts.push(await countLogs(postgres!));
      return traffic.acknowledged().length > acknowledged;
    });
  await countUntil(200);
  services[0]!.signal('SIGKILL');
  await countUntil(traffic.acknowledged().length + 200);
  await traffic.stop();
  t.same(
    counts.filter(({ raw, totals, minutes }) => totals !== raw || minutes !== raw),
    [],
    `${counts.length} times in between`,
  );
  t.ok(new Set(counts.map(({ raw }) => raw)).size > 3, 'while logs were stored');
  const stored = await storedIds(postgres!);
  t.same(
    traffic.acknowledged().filter((id) => !stored.has(id)),
    [],
  );
  t.same(await rollupErrors(postgres!), []);
});

void t.test('the service may start before the database', { skip }, async (t) => {
  await postgres!.kill();
  const service = new ServiceProcess('log-processor', postgres!.environment);
  t.teardown(() => service.end());
  const address = await service.listening();
  t.equal((await fetch(`${address}/livez`)).status, 200);
  t.equal((await fetch(`${address}/readyz`)).status, 503);
  await postgres!.start();
  await service.ready();
});
