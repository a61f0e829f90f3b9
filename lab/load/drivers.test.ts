import t from 'tap';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadDriver } from './drivers.ts';
import type { LoadProgress } from './load.ts';
import { agreeOnOperations } from './testing/reconcile.ts';
import { CalibrationServer } from './testing/server.ts';
import { countEndings, loadSpec, run } from './testing/spec.ts';

for (const driver of ['autocannon', 'constant-rate'] as const) {
  void t.test(`${driver}: ends after its duration and answers what is under way`, async (t) => {
    const server = await CalibrationServer.start(() => ({ kind: 'answer', afterMs: 50 }));
    t.teardown(() => server.close());
    const spec = loadSpec(driver, server.port, { durationMs: 500, ratePerSecond: 100 });
    const { operations, startedAt, endedAt } = await run(spec);
    t.strictSame(Object.keys(countEndings(operations)), ['ok 201']);
    t.ok(operations.every((operation) => operation.startedAt < startedAt + 520));
    t.ok(endedAt - startedAt > 450 && endedAt - startedAt < 800, `took ${endedAt - startedAt} ms`);
    agreeOnOperations(t, spec, operations, server);
  });

  void t.test(`${driver}: reports progress while it runs`, async (t) => {
    const server = await CalibrationServer.start(({ number }) => ({
      kind: 'answer',
      afterMs: 5,
      status: number % 10 === 0 ? 500 : 201,
    }));
    t.teardown(() => server.close());
    const reports: LoadProgress[] = [];
    await run(loadSpec(driver, server.port, { durationMs: 1000, ratePerSecond: 300 }), (progress) =>
      reports.push(progress),
    );
    t.ok(reports.length >= 4, `${reports.length} reports in a second`);
    t.ok(reports.every(({ completed }, index) => index === 0 || completed >= reports[index - 1]!.completed));
    const last = reports.at(-1)!;
    t.equal(last.completed, server.requests.length);
    t.equal(last.failed, Math.floor(server.requests.length / 10));
    t.equal(last.inFlight, 0);
    t.strictSame(Object.keys(last.byPod).sort(), ['pod-0', 'pod-1', 'pod-2']);
    t.equal(
      Object.values(last.byPod).reduce((sum, count) => sum + count),
      last.completed,
    );
  });

  void t.test(`${driver}: an abort ends it at once, with all that was started`, async (t) => {
    const server = await CalibrationServer.start(({ number }) =>
      number <= 20 ? { kind: 'answer' } : { kind: 'silence' },
    );
    t.teardown(() => server.close());
    const abort = new AbortController();
    const spec = loadSpec(driver, server.port, { durationMs: 60_000, timeoutMs: 30_000, ratePerSecond: 200 });
    let abortedAt = Infinity;
    const abortOnceBusy = ({ inFlight, completed }: LoadProgress) => {
      if (completed < 20 || inFlight < 8 || abort.signal.aborted) return;
      abortedAt = performance.now();
      abort.abort();
    };
    const { operations } = await run(spec, abortOnceBusy, abort.signal);
    t.ok(performance.now() - abortedAt < 500, 'it ends at once');
    const { 'ok 201': ok, 'info aborted': aborted, 'fail not-sent': notSent = 0, ...others } = countEndings(operations);
    t.strictSame([ok, aborted, others], [20, 8, {}], 'one for each of the eight connections was under way');
    t.equal(operations.length, 28 + notSent, 'the rest waited for a connection');
    agreeOnOperations(t, spec, operations, server);
  });

  void t.test(`${driver}: aborted before it begins, it sends nothing`, async (t) => {
    const server = await CalibrationServer.start(() => ({ kind: 'answer' }));
    t.teardown(() => server.close());
    const spec = loadSpec(driver, server.port, { requests: 10 });
    const { operations } = await run(spec, () => {}, AbortSignal.abort());
    t.strictSame([operations.length, server.connections], [0, 0]);
  });

  void t.test(`${driver}: a target that refuses is a failure without a connection`, async (t) => {
    const server = await CalibrationServer.start(() => ({ kind: 'answer' }));
    const { port } = server;
    await server.close();
    const spec = loadSpec(driver, port, { durationMs: 500, connections: 4, ratePerSecond: 100 });
    const { operations, connectionsOpened } = await run(spec);
    t.strictSame(countEndings(operations), { 'fail ECONNREFUSED': operations.length });
    t.ok(operations.every(({ connection }) => connection === -1));
    t.equal(connectionsOpened, 0);
    t.ok(operations.length >= 10 && operations.length <= 50, `${operations.length} attempts in half a second`);
  });

  for (const keepAlive of [true, false]) {
    void t.test(`${driver}: a server that restarts, keepAlive ${keepAlive}`, async (t) => {
      const server = await CalibrationServer.start(() => ({ kind: 'answer', afterMs: 10 }));
      t.teardown(() => server.close());
      const spec = loadSpec(driver, server.port, { durationMs: 1500, ratePerSecond: 200, keepAlive });
      const running = run(spec);
      await t.resolves(until(() => server.requests.length > 40));
      await server.restart(300);
      const { operations } = await running;

      const endings = countEndings(operations);
      const known = ['ok 201', 'fail ECONNREFUSED', 'info ECONNRESET', 'info closed', 'info EPIPE'];
      t.strictSame(
        Object.keys(endings).filter((ending) => !known.includes(ending)),
        [],
      );
      t.ok(endings['fail ECONNREFUSED']! > 5, 'refused while it was away');
      const lastRefused = operations.findLast(({ error }) => error === 'ECONNREFUSED')!;
      t.equal(operations.at(-1)!.outcome, 'ok', 'served again');
      t.ok(lastRefused.seq > 40 && lastRefused.seq < operations.length - 40);
      agreeOnOperations(t, spec, operations, server);
    });
  }
}

void t.test('a driver of one name runs whatever the load names', async (t) => {
  const server = await CalibrationServer.start(() => ({ kind: 'answer' }));
  t.teardown(() => server.close());
  const spec = loadSpec('autocannon', server.port, { requests: 20, ratePerSecond: 200 });
  const { operations } = await loadDriver('constant-rate').run(spec, new AbortController().signal, () => {});
  const due = Array.from(operations, ({ intendedAt }) => intendedAt);
  const gaps = due.slice(1).map((at, index) => at - due[index]!);
  t.ok(gaps.every((gap) => Math.abs(gap - 5) < 0.001));
});

void t.test('a load that cannot be run', async (t) => {
  const spec = { ...loadSpec('constant-rate', 1, { requests: 10 }), ratePerSecond: undefined, connections: 0 };
  await t.rejects(run(spec), { name: 'RangeError', message: /connections: .* 0; ratePerSecond: .* undefined/ });
  await t.rejects(run(loadSpec('autocannon', 1, { requests: 1, path: '/a b' })), /path: visible ASCII/);
  await t.rejects(run(loadSpec('autocannon', 1, { requests: 1, durationMs: 1 })), /exclude each other/);
});

/** Waits for what a test needs; gives up after ten seconds. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('waited ten seconds in vain');
    await sleep(5);
  }
}
