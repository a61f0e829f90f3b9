/** A load that several workers share, over HTTP as in their pods, against a server that keeps its own book. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { LoadSpec } from '../load.ts';
import type { Recording } from '../recording.ts';
import { agreeOnOperations } from '../testing/reconcile.ts';
import { CalibrationServer } from '../testing/server.ts';
import { loadSpec } from '../testing/spec.ts';
import { divideLoad, startDelayMs } from './divide.ts';
import { clockMs, LoadWorker } from './load-worker.ts';
import { mergeRecordings } from './merge.ts';
import { WorkerClient } from './worker-client.ts';
import { createWorkerServer } from './worker-server.ts';

async function startWorker(t: Test): Promise<{ client: WorkerClient; worker: LoadWorker }> {
  const worker = new LoadWorker();
  const server = createWorkerServer(worker).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return { worker, client: new WorkerClient({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }) };
}

async function untilDone(client: WorkerClient): Promise<Recording> {
  while ((await client.progress()).state === 'running');
  return client.recording();
}

async function share(t: Test, spec: LoadSpec, count: number): Promise<Recording[]> {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(t)));
  const parts = divideLoad(spec, count);
  await Promise.all(workers.map(({ client }, index) => client.prepare(parts[index]!)));
  const at = clockMs() + 50;
  return Promise.all(
    workers.map(async ({ client }, index) => {
      await client.start(at + startDelayMs(spec, index));
      return untilDone(client);
    }),
  );
}

for (const driver of ['autocannon', 'constant-rate'] as const) {
  for (const keepAlive of [true, false]) {
    void t.test(`${driver}, keepAlive ${keepAlive}: every request once, under its own id`, async (t) => {
      const server = await CalibrationServer.start(() => ({ kind: 'answer', afterMs: 2 }));
      t.teardown(() => server.close());
      const spec = loadSpec(driver, server.port, { requests: 100, connections: 7, keepAlive, ratePerSecond: 400 });
      const recordings = await share(t, spec, 3);
      t.same(
        recordings.map(({ columns }) => columns.seq.length),
        [34, 33, 33],
      );
      const { operations, connectionsOpened, startedAt } = mergeRecordings(recordings);
      const all = [...operations];
      t.same(
        all.map(({ seq }) => seq),
        Array.from({ length: 100 }, (_, seq) => seq),
        'dense, and in order',
      );
      agreeOnOperations(t, spec, all, server);
      t.equal(connectionsOpened, keepAlive ? 7 : 100);
      t.equal(new Set(all.map(({ connection }) => connection)).size, connectionsOpened, 'no number twice');
      t.equal(startedAt, Math.min(...recordings.map((recording) => recording.startedAt)));
    });
  }
}

void t.test('a constant rate is divided with arrivals in turn', async (t) => {
  const spec = loadSpec('constant-rate', 1, { durationMs: 1000, ratePerSecond: 100, requests: undefined });
  const parts = divideLoad(spec, 3);
  t.same(
    parts.map(({ requests, durationMs }) => [requests, durationMs]),
    [
      [34, undefined],
      [33, undefined],
      [33, undefined],
    ],
  );
  const due = parts.flatMap(({ requests, ratePerSecond, worker }) =>
    Array.from({ length: requests! }, (_, own) => startDelayMs(spec, worker!.index) + (own * 1000) / ratePerSecond!),
  );
  for (const [place, at] of due.toSorted((a, b) => a - b).entries()) {
    if (Math.abs(at - place * 10) > 1e-6) t.fail(`arrival ${place} is due at ${at} ms`);
  }
  t.throws(() => divideLoad({ ...spec, keepAlive: true, connections: 2 }, 3), { name: 'RangeError' });
});

void t.test('two workers with one number are no record', async (t) => {
  const server = await CalibrationServer.start(() => ({ kind: 'answer' }));
  t.teardown(() => server.close());
  const [one] = await share(t, loadSpec('autocannon', server.port, { requests: 5, connections: 1 }), 1);
  t.throws(() => mergeRecordings([one!, one!]), { message: /two workers have the operation 0/ });
});

void t.test('a worker that is told to end hands over what it did', async (t) => {
  const server = await CalibrationServer.start(({ number }) =>
    number <= 10 ? { kind: 'answer' } : { kind: 'silence' },
  );
  t.teardown(() => server.close());
  const { client, worker } = await startWorker(t);
  const spec = loadSpec('autocannon', server.port, { requests: 1000, connections: 4, timeoutMs: 60_000 });
  await client.prepare(spec);
  await client.start(clockMs());
  while ((await client.progress()).made < 14);
  const ended = worker.end();
  const recording = await untilDone(client);
  t.match(await client.progress(), { state: 'done', made: 14, error: /told to end/ });
  t.equal(recording.columns.seq.length, 14);
  await ended;
});
