import t, { type Test } from 'tap';
import type { LoadSpec, Operation } from './load.ts';
import { reconcile } from './testing/reconcile.ts';
import { CalibrationServer, type Script } from './testing/server.ts';
import { countEndings, loadSpec, run } from './testing/spec.ts';

const responseMs = ({ intendedAt, endedAt }: Operation) => endedAt - intendedAt;
const serviceMs = ({ startedAt, endedAt }: Operation) => endedAt - startedAt;

void t.test('requests are due at exact intervals and never sent early', async (t) => {
  const { operations, startedAt } = await serve(t, () => ({ kind: 'answer' }), { requests: 700, ratePerSecond: 700 });
  const first = operations[0]!.intendedAt;
  t.ok(first >= startedAt && first < startedAt + 50);
  t.ok(operations.every(({ intendedAt, seq }) => Math.abs(intendedAt - first - (seq * 1000) / 700) < 0.001));
  t.ok(operations.every((operation) => operation.startedAt >= operation.intendedAt));
  const median = quantile(0.5, operations, (operation) => operation.startedAt - operation.intendedAt);
  t.ok(median < 5, `half are sent within ${median} ms`);
});

void t.test('coordinated omission: a stall of the server shows in the response times', async (t) => {
  const [stallFromMs, stallMs] = [500, 400];
  let firstAtMs: number | undefined;
  const stall: Script = ({ atMs }) => {
    firstAtMs ??= atMs;
    const intoStallMs = atMs - firstAtMs - stallFromMs;
    return { kind: 'answer', afterMs: intoStallMs >= 0 && intoStallMs < stallMs ? stallMs - intoStallMs : 0 };
  };
  const { operations } = await serve(t, stall, { durationMs: 2000, ratePerSecond: 200, connections: 4 });
  t.strictSame(countEndings(operations), { 'ok 201': 400 });
  const p99 = quantile(0.99, operations, responseMs);
  t.ok(p99 > 0.85 * stallMs, `p99 of the response time is ${p99} ms`);
  // A fifth of all requests were due during the stall, evenly: half of them waited for more than half of it.
  const affected = operations.filter((operation) => responseMs(operation) > stallMs / 2).length;
  t.ok(affected >= 36, `${affected} of 400 waited for more than half of the stall`);
  const p95 = quantile(0.95, operations, serviceMs);
  t.ok(p95 < stallMs / 4, `who measures from the sending sees none of it: p95 is ${p95} ms`);
});

void t.test('arrivals beyond maxInFlight are dropped and counted', async (t) => {
  const load = { durationMs: 500, ratePerSecond: 200, maxInFlight: 10, keepAlive: false, timeoutMs: 400 };
  const { operations, dropped } = await serve(t, () => ({ kind: 'silence' }), load);
  t.equal(operations.length + dropped, 100);
  t.ok(dropped > 50);
  const inFlightAt = (at: number) => operations.filter((o) => o.intendedAt <= at && at < o.endedAt).length;
  t.equal(Math.max(...operations.map(({ startedAt }) => inFlightAt(startedAt))), 10);
  t.strictSame(countEndings(operations), { 'info timeout': operations.length });
});

void t.test('a request that never gets a connection is a failure that was not sent', async (t) => {
  const load = { requests: 20, ratePerSecond: 1000, connections: 2, timeoutMs: 300 };
  const { operations, dropped } = await serve(t, () => ({ kind: 'silence' }), load);
  const { 'info timeout': timedOut = 0, 'fail not-sent': notSent = 0 } = countEndings(operations);
  t.ok(timedOut >= 2 && notSent > 0, `${timedOut} timed out, ${notSent} were not sent`);
  t.equal(timedOut + notSent, 20);
  t.equal(dropped, 0);
  t.ok(operations.every(({ error, connection }) => (error === 'not-sent') === (connection === -1)));
});

void t.test('the pool grows to its size and its connections share the load', async (t) => {
  const load = { requests: 50, ratePerSecond: 100, connections: 5 };
  const { operations, connectionsOpened } = await serve(t, () => ({ kind: 'answer' }), load);
  t.equal(connectionsOpened, 5);
  for (let connection = 0; connection < 5; connection++) {
    const carried = operations.filter((operation) => operation.connection === connection).length;
    t.ok(carried >= 8 && carried <= 12, `connection ${connection} carried ${carried} of 50`);
  }
});

void t.test('an idle connection that the server closes, or will close soon, is replaced', async (t) => {
  const load = { requests: 6, ratePerSecond: 10, connections: 1 };
  const closed = await serve(
    t,
    () => ({ kind: 'raw', bytes: 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n' }),
    load,
  );
  t.strictSame(countEndings(closed.operations), { 'ok 201': 6 });
  t.equal(closed.connectionsOpened, 6);
  const announced = await serve(t, () => ({ kind: 'answer', headers: { 'keep-alive': 'timeout=1' } }), load);
  t.equal(announced.connectionsOpened, 6);
});

/** Runs a load against a script and reconciles the two books. */
async function serve(
  t: Test,
  script: Script,
  load: Partial<LoadSpec> & ({ requests: number } | { durationMs: number }),
) {
  const server = await CalibrationServer.start(script);
  t.teardown(() => server.close());
  const spec = loadSpec('constant-rate', server.port, load);
  const result = await run(spec);
  reconcile(t, spec, result, server);
  return result;
}

function quantile(share: number, operations: Operation[], of: (operation: Operation) => number): number {
  const values = operations.map(of).sort((a, b) => a - b);
  return values[Math.ceil(share * values.length) - 1]!;
}
