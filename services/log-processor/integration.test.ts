/** log-processor against a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import t from 'tap';
import { request } from 'undici';
import { startPostgres } from '../shared/testing/postgres.ts';
import { until } from '../shared/testing/until.ts';
import { countLogs, makeLog, rollupErrors, startProcessor } from './testing/log-processor.ts';

const { postgres, skip } = await startPostgres();
t.teardown(() => postgres?.remove());
const NDJSON = 'application/x-ndjson';

void t.test('one log', { skip }, async (t) => {
  const { post, metric, close } = await startProcessor(postgres!);
  t.teardown(close);
  const log = makeLog({ level: 'WARNING', message: 'user "Eve" took 5 ms', attributes: { a: [1, 'é😀\\'] } });

  const first = await post({ ...log, id: log.id.toUpperCase() });
  t.equal(first.status, 201);
  t.equal(first.headers.get('x-pod'), 'pod-1');
  t.equal(first.headers.get('x-node'), 'node-1');
  t.match(await first.json(), { id: log.id, duplicate: false, level: 'warn', template: 'user <str> took <num> ms' });
  const second = await post({ ...log, message: 'another' });
  t.equal(second.status, 200);
  t.same(await second.json(), { id: log.id, duplicate: true });

  const rows = await postgres!.query(`
    select logs.*, template from logs join log_templates using (fingerprint) where id = '${log.id}'`);
  t.match(rows, [
    {
      id: log.id,
      timestamp: new Date('2026-01-31T08:15:00.125Z'),
      level: 'warn',
      service: 'cart',
      message: 'user "Eve" took 5 ms',
      attributes: { a: [1, 'é😀\\'] },
      received_at: Date,
      pod: 'pod-1',
      node: 'node-1',
      template: 'user <str> took <num> ms',
    },
  ]);
  t.equal(await metric('logs_stored_total'), 1);
  t.equal(await metric('logs_duplicate_total'), 1);
  t.equal(await metric('http_requests_total{method="POST",route="/logs",status="201"}'), 1);
});

function makeLogOfSize(bytes: number) {
  const empty = JSON.stringify(makeLog({ message: '' }));
  return makeLog({ message: 'x'.repeat(bytes - empty.length) });
}

void t.test('limits and refusals', { skip }, async (t) => {
  const { post, metric, address, close } = await startProcessor(postgres!);
  t.teardown(close);
  t.equal((await post(makeLogOfSize(64 * 1024))).status, 201);
  t.equal((await post(makeLogOfSize(64 * 1024 + 1))).status, 413);
  t.equal((await post(makeLog(), 'text/plain')).status, 415);
  t.equal((await fetch(`${address}/logs`)).status, 405);
  t.equal((await post('')).status, 400);
  const invalid = await post(makeLog({ message: 'a\0b', level: 'loud' }));
  t.equal(invalid.status, 400);
  t.match(await invalid.json(), { errors: [{ field: 'level' }, { field: 'message' }] });
  t.equal(await metric('logs_rejected_total'), 2);
  t.equal((await post(makeLog({ timestamp: '0000-01-01T00:00:00Z' }))).status, 201);
  t.equal(
    (await post(makeLog({ timestamp: '9999-12-31T23:59:59Z', attributes: { a: 1e308, b: 5e-324 } }))).status,
    201,
  );
  t.equal((await post(makeLog({ service: '😀'.repeat(127) }))).status, 201, 'the longest key of the roll-ups');
});

void t.test('roll-ups equal the logs, with many pods and many duplicates at once', { skip }, async (t) => {
  const pods = await Promise.all(
    ['a', 'b', 'c'].map((pod) => startProcessor(postgres!, { POD_NAME: pod, INGEST_BATCH_LIMIT: '20' })),
  );
  t.teardown(() => Promise.all(pods.map(({ close }) => close())));
  const before = await countLogs(postgres!);
  const logs = Array.from({ length: 150 }, (_, index) =>
    makeLog({ level: index % 2 ? 'info' : 'error', message: 'x'.repeat(index % 7), timestamp: minuteAgo(index) }),
  );
  // Each pod gets each log twice, in an order of its own, in bursts that meet those of the other pods.
  const statuses = await Promise.all(
    pods.map(async ({ post }, pod) => {
      const order = [...logs, ...logs].map((_, index) => logs[(index * [7, 11, 13][pod]!) % logs.length]!);
      const statuses: number[] = [];
      while (order.length > 0) {
        statuses.push(...(await Promise.all(order.splice(0, 30).map(async (log) => (await post(log)).status))));
      }
      return statuses;
    }),
  );
  t.equal(statuses.flat().filter((status) => status === 201).length, logs.length);
  t.equal(statuses.flat().filter((status) => status === 200).length, 5 * logs.length);
  const after = await countLogs(postgres!);
  t.equal(after.raw - before.raw, logs.length);
  t.same(after, { raw: after.raw, totals: after.raw, minutes: after.raw });
  t.same(await rollupErrors(postgres!), []);
});

const LINES = 100;
/** Without digits, which templates would not tell apart. */
const WORDS = Array.from({ length: LINES }, (_, index) =>
  String(index).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!),
);
const LOGS = WORDS.map(() => makeLog());

for (const [what, table, makeLogs] of [
  ['the same logs', 'logs', () => LOGS],
  [
    'other logs with the same new templates',
    'log_templates',
    () => WORDS.map((word) => makeLog({ message: `new ${word}` })),
  ],
] as const) {
  void t.test(`two pods store ${what} in opposite order without a deadlock`, { skip }, async (t) => {
    const environment = { DATABASE_TIMEOUT_MS: '10000' };
    const pods = await Promise.all(
      ['up', 'down'].map((pod) => startProcessor(postgres!, { ...environment, POD_NAME: pod })),
    );
    t.teardown(() => Promise.all(pods.map(({ close }) => close())));
    await postgres!.query(`alter table ${table} add constraint slow check (pg_sleep(0.002) is not null) not valid`);
    t.teardown(() => postgres!.query(`alter table ${table} drop constraint slow`));
    // Their statements wait for it, and so begin at the same moment.
    const gate = new Client(postgres!.config);
    await gate.connect();
    t.teardown(() => gate.end());
    await gate.query('begin; lock table logs');
    const bodies = [makeLogs(), makeLogs().toReversed()].map((logs) =>
      logs.map((log) => JSON.stringify(log)).join('\n'),
    );
    const posted = pods.map(({ post }, pod) => post(bodies[pod], NDJSON));
    await until(async () => (await postgres!.query(WAITING)).length === pods.length);
    await gate.query('commit');
    for (const response of await Promise.all(posted)) {
      const { accepted, duplicates } = (await response.json()) as Record<string, number>;
      t.equal(accepted! + duplicates!, LINES);
    }
    t.same(await rollupErrors(postgres!), []);
  });
}

const WAITING = `select from pg_stat_activity where wait_event_type = 'Lock'`;

function minuteAgo(minutes: number): string {
  return new Date(Date.UTC(2026, 0, 31) - minutes * 20_000).toISOString();
}

void t.test('many lines: the bad ones do not hurt the good ones', { skip }, async (t) => {
  const { post, close } = await startProcessor(postgres!);
  t.teardown(close);
  const known = makeLog();
  await post(known);
  const lines = [makeLog(), known, 'nonsense', makeLog({ message: '\0' }), '', 'x'.repeat(70_000), makeLog()];
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const response = await post(text, NDJSON);
  t.equal(response.status, 200);
  t.match(await response.json(), {
    accepted: 2,
    duplicates: 1,
    rejected: [
      { line: 3, reason: /^body: not valid JSON/ },
      { line: 4, reason: 'message: contains \\u0000, which cannot be stored' },
      { line: 6, reason: 'body: longer than 65536 bytes' },
    ],
    rejectedTotal: 3,
  });
});

void t.test('more lines than fit into one chunk, and a bounded list of rejected ones', { skip }, async (t) => {
  const { post, close } = await startProcessor(postgres!, { INGEST_QUEUE_LIMIT: '1500' });
  t.teardown(close);
  const text = Array.from({ length: 5000 }, (_, index) => (index % 10 === 0 ? '{}' : JSON.stringify(makeLog()))).join(
    '\n',
  );
  const results = await Promise.all([text, text].map(async (body) => (await post(body, NDJSON)).json()));
  const sum = (key: string) =>
    results.reduce((total: number, result) => total + (result as Record<string, number>)[key]!, 0);
  t.equal(sum('accepted'), 4500);
  t.equal(sum('duplicates'), 4500);
  t.equal(sum('rejectedTotal'), 1000);
  t.match(results, [{ rejected: { length: 100 } }, { rejected: { length: 100 } }]);
  t.same(await rollupErrors(postgres!), []);
});

void t.test('an upload is not read faster than it is stored', { skip }, async (t) => {
  const environment = { DATABASE_TIMEOUT_MS: '60000', INGEST_QUEUE_TIMEOUT_MS: '60000' };
  const { address, close } = await startProcessor(postgres!, environment);
  t.teardown(close);
  const before = await countLogs(postgres!);
  const gate = new Client(postgres!.config);
  await gate.connect();
  t.teardown(() => gate.end());
  await gate.query('begin; lock table logs');
  let sent = 0;
  const lines = function* () {
    for (; sent < 20_000; sent += 100) {
      yield Array.from({ length: 100 }, () => `${JSON.stringify(makeLog({ message: 'x'.repeat(2000) }))}\n`).join('');
    }
  };
  const answered = request(`${address}/logs`, {
    method: 'POST',
    headers: { 'content-type': NDJSON },
    body: Readable.from(lines()),
  });
  await until(async () => {
    const sentBefore = sent;
    for (let count = 0; count < 5; count++) await postgres!.query('select');
    return sent > 0 && sent === sentBefore;
  });
  t.ok(sent < 10_000, `${sent} lines of 2 kB were taken while nothing could be stored`);
  await gate.query('commit');
  const { body } = await answered;
  t.match(await body.json(), { accepted: 20_000, rejectedTotal: 0 });
  t.equal((await countLogs(postgres!)).raw - before.raw, 20_000);
});

void t.test('a log that only the database refuses does not hurt its neighbours', { skip }, async (t) => {
  const { post, close } = await startProcessor(postgres!);
  t.teardown(close);
  await postgres!.query(`alter table logs add constraint no_evil check (message <> 'evil')`);
  t.teardown(() => postgres!.query('alter table logs drop constraint no_evil'));
  const logs = Array.from({ length: 20 }, (_, index) => makeLog({ message: index === 7 ? 'evil' : 'good' }));
  const statuses = await Promise.all(logs.map(async (log) => (await post(log)).status));
  t.same(
    statuses,
    logs.map(({ message }) => (message === 'evil' ? 400 : 201)),
  );
  const bulk = [makeLog(), makeLog({ message: 'evil' }), makeLog()].map((log) => JSON.stringify(log)).join('\n');
  t.match(await (await post(bulk, NDJSON)).json(), {
    accepted: 2,
    rejected: [{ line: 2, reason: 'refused by the database' }],
  });
  t.same(await rollupErrors(postgres!), []);
});

void t.test('overload is refused at once, and the service stays healthy', { skip }, async (t) => {
  const environment = { INGEST_QUEUE_LIMIT: '10', DATABASE_TIMEOUT_MS: '10000' };
  const { post, address, close } = await startProcessor(postgres!, environment);
  t.teardown(close);
  const other = new Client(postgres!.config);
  await other.connect();
  await other.query('begin; lock table logs');
  const posted = Array.from({ length: 200 }, () => post(makeLog()));
  const refusal = posted.map(async (response) => (await response).status === 503 || Promise.reject(new Error('taken')));
  t.ok(await Promise.any(refusal), 'while the others wait for the database');
  t.equal((await fetch(`${address}/livez`)).status, 200);
  const ready = fetch(`${address}/readyz`);
  await other.end();
  const responses = await Promise.all(posted);
  const refused = responses.filter(({ status }) => status === 503);
  t.equal(responses.filter(({ status }) => status === 201).length, 200 - refused.length);
  t.equal(refused[0]?.headers.get('retry-after'), '1');
  t.match(await refused[0]?.json(), { type: 'urn:log-lab:problem:queue-full' });
  t.equal((await ready).status, 200, 'also to who asked while the queue was full');
});

void t.test('too many templates end up as one', { skip }, async (t) => {
  const { post, close } = await startProcessor(postgres!, { TEMPLATE_LIMIT: '3', POD_NAME: 'few-templates' });
  t.teardown(close);
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((message) => post(makeLog({ message }))));
  const rows = await postgres!.query(`
    select template, total::int from log_rollup join log_templates on fingerprint = key
    where dimension = 'template' and pod = 'few-templates' order by total desc limit 1`);
  t.same(rows, [{ template: '<other>', total: 2 }]);
  t.same(await rollupErrors(postgres!), []);
});

void t.test('the artificial service time is added to each request', { skip }, async (t) => {
  const { post, close } = await startProcessor(postgres!, { PROCESSING_DELAY_MS: '100' });
  t.teardown(close);
  const startedAt = performance.now();
  t.equal((await post(makeLog({ id: randomUUID() }))).status, 201);
  t.ok(performance.now() - startedAt >= 99);
});
