/** Each driver against a server of known behaviour: what was recorded must be what the server did, to the request. */
import t, { type Test } from 'tap';
import type { LoadSpec } from './load.ts';
import { reconcile } from './testing/reconcile.ts';
import { CalibrationServer, type Script } from './testing/server.ts';
import { countEndings, idOf, loadSpec, type RecordedLoad, run } from './testing/spec.ts';

interface Calibration {
  name: string;
  script: Script;
  load: Partial<LoadSpec> & { requests: number };
  /** How many operations must have ended in which way. */
  endings: Record<string, number>;
  also?: (t: Test, spec: LoadSpec, result: RecordedLoad, server: CalibrationServer) => void;
}

const DELAY_MS = 20;
const answer = { kind: 'answer' } as const;
const oddAnswers: Record<number, ReturnType<Script>> = {
  11: { kind: 'raw', bytes: 'HTTP/1.1 200 OK\r\n\r\nuntil the connection closes' },
  12: { kind: 'raw', bytes: 'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\ntoo short' },
  13: { kind: 'raw', bytes: 'neither HTTP nor anything\r\n\r\n' },
  14: { kind: 'answer', status: 204 },
  15: { kind: 'raw', bytes: 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n' },
};

const CALIBRATIONS: Calibration[] = [
  {
    name: 'kept connections, known delay',
    script: () => ({ kind: 'answer', afterMs: DELAY_MS }),
    load: { requests: 400, connections: 16, ratePerSecond: 300 },
    endings: { 'ok 201': 400 },
    also: (t, spec, result, server) => {
      t.equal(server.connections, 16);
      hasLatencyOfDelay(t, spec, result, server);
    },
  },
  {
    name: 'one connection a request, known delay',
    script: () => ({ kind: 'answer', afterMs: DELAY_MS }),
    load: { requests: 400, connections: 16, ratePerSecond: 300, keepAlive: false },
    endings: { 'ok 201': 400 },
    also: (t, spec, result, server) => {
      t.equal(server.connections, 400);
      t.equal(new Set(result.operations.map(({ connection }) => connection)).size, 400, 'their numbers are distinct');
      hasLatencyOfDelay(t, spec, result, server);
    },
  },
  {
    name: 'as fast as the server answers',
    script: () => answer,
    load: { requests: 5000, connections: 16, ratePerSecond: 3000, maxInFlight: 5000 },
    endings: { 'ok 201': 5000 },
  },
  {
    name: 'fewer requests than connections',
    script: () => answer,
    load: { requests: 3, connections: 16 },
    endings: { 'ok 201': 3 },
  },
  {
    name: 'a reset after the body was read',
    script: ({ number }) => (number % 50 === 0 ? { kind: 'reset' } : answer),
    load: { requests: 200 },
    endings: { 'ok 201': 196, 'info ECONNRESET': 4 },
  },
  {
    name: 'a reset of a new connection',
    script: ({ number }) => (number % 50 === 0 ? { kind: 'reset' } : answer),
    load: { requests: 200, keepAlive: false },
    endings: { 'ok 201': 196, 'info ECONNRESET': 4 },
  },
  {
    name: 'a close without an answer',
    script: ({ number }) => (number % 50 === 0 ? { kind: 'close' } : answer),
    load: { requests: 200 },
    endings: { 'ok 201': 196, 'info closed': 4 },
  },
  {
    name: 'no answer to every 20th request',
    script: ({ number }) => (number % 20 === 0 ? { kind: 'silence' } : answer),
    load: { requests: 100, timeoutMs: 300 },
    endings: { 'ok 201': 95, 'info timeout': 5 },
    also: (t, _spec, { operations }) => {
      const waits = operations.filter(({ error }) => error === 'timeout').map((o) => o.endedAt - o.intendedAt);
      t.ok(Math.min(...waits) >= 295 && Math.max(...waits) < 600, `timed out after ${waits.join(', ')} ms`);
    },
  },
  {
    name: 'a server that announces that it closes',
    script: () => ({ kind: 'answer', headers: { connection: 'close' } }),
    load: { requests: 300 },
    endings: { 'ok 201': 300 },
    also: (t, _spec, _result, server) => t.equal(server.connections, 300),
  },
  {
    name: 'refusing and doubtful phases',
    script: ({ number }) => {
      if (number <= 50 || number > 100) return answer;
      return { kind: 'answer', status: 503, headers: number > 75 ? { 'x-outcome': 'unknown' } : {} };
    },
    load: { requests: 200 },
    endings: { 'ok 201': 150, 'fail 503': 25, 'info 503': 25 },
  },
  {
    name: 'odd answers',
    script: ({ number }) => oddAnswers[number] ?? answer,
    load: { requests: 100 },
    endings: {
      'ok 201': 95,
      'ok 200': 1,
      'info closed': 1,
      'info HPE_INVALID_CONSTANT': 1,
      'ok 204': 1,
      'info 502': 1,
    },
  },
];

for (const driver of ['autocannon', 'constant-rate'] as const) {
  for (const { name, script, load, endings, also } of CALIBRATIONS) {
    void t.test(`${driver}: ${name}`, async (t) => {
      const server = await CalibrationServer.start(script);
      t.teardown(() => server.close());
      const spec = loadSpec(driver, server.port, load);
      const result = await run(spec);
      t.strictSame(countEndings(result.operations), endings);
      t.equal(result.dropped, 0);
      reconcile(t, spec, result, server);
      also?.(t, spec, result, server);
    });
  }

  void t.test(`${driver}: requests without a body`, async (t) => {
    const server = await CalibrationServer.start(() => answer);
    t.teardown(() => server.close());
    const result = await run(loadSpec(driver, server.port, { requests: 50, method: 'GET', body: 'none' }));
    t.strictSame(countEndings(result.operations), { 'ok 201': 50 });
    t.strictSame(
      server.requests.map(({ host, body }) => [host, body]),
      result.operations.map(() => ['log-processor', '']),
    );
  });
}

/**
 * An error of the driver's would be in every latency; a busy machine disturbs many, but hardly all. They are held
 * against the server's own times, for its timers, too, may be late.
 */
function hasLatencyOfDelay(t: Test, spec: LoadSpec, { operations }: RecordedLoad, server: CalibrationServer): void {
  const servedMs = new Map(server.requests.map(({ id, receivedAt, answeredAt }) => [id, answeredAt! - receivedAt]));
  const latencies = operations.map(({ startedAt, endedAt }) => endedAt - startedAt);
  const excess = operations.map((operation, index) => latencies[index]! - servedMs.get(idOf(spec, operation))!);
  const least = Math.min(...excess);
  // A timer of Node's may fire a fraction of a millisecond early.
  t.ok(Math.min(...latencies) > DELAY_MS - 1, `none is below the delay: ${Math.min(...latencies)} ms`);
  t.ok(least > 0 && least < 5, `the best one exceeds the server's time by ${least} ms`);
}
