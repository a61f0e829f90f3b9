import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { generateLogs } from './logs.ts';
import { backoffMs, Sender, type SenderOptions } from './sender.ts';

type Step = (response: ServerResponse, request: IncomingMessage) => void;

const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Step =>
  (response) =>
    response.writeHead(status, { 'x-pod': 'p', 'x-node': 'n', ...headers }).end(body);
const reset: Step = (_response, request) => request.socket.resetAndDestroy();
const hang: Step = () => {};

/** A processor that follows a script, one step for each request, and a sender to it. */
async function setUp(
  t: { teardown: (end: () => void) => unknown },
  steps: Step[],
  options: Partial<SenderOptions> = {},
) {
  const bodies: string[] = [];
  let connections = 0;
  const follow = async (request: IncomingMessage, response: ServerResponse) => {
    bodies.push(await text(request));
    (steps.shift() ?? answer(201))(response, request);
  };
  const server = createServer((request, response) => void follow(request, response));
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sender = new Sender({
    target: new URL(`http://127.0.0.1:${port}/logs`),
    keepAlive: true,
    concurrency: 4,
    requestTimeoutMs: 2000,
    attempts: 3,
    ...options,
  });
  t.teardown(() => {
    sender.close();
    server.closeAllConnections();
    server.close();
  });
  const logs = generateLogs(1, () => '2026-01-31T08:15:00Z');
  return {
    bodies,
    connections: () => connections,
    send: () => sender.send(logs.next().value, new AbortController().signal),
  };
}

void t.test('acknowledgements', async (t) => {
  const { send } = await setUp(t, [answer(201), answer(200)]);
  t.same(await send(), { outcome: 'stored', retries: 0, pod: 'p', node: 'n' });
  t.same(await send(), { outcome: 'duplicate', retries: 0, pod: 'p', node: 'n' });
});

void t.test('sends the same log again after refusals and losses', async (t) => {
  const { send, bodies } = await setUp(t, [answer(503), reset, answer(200)]);
  t.match(await send(), { outcome: 'duplicate', retries: 2 });
  t.equal(new Set(bodies).size, 1);
  t.equal(bodies.length, 3);
});

void t.test('tells certain failures from those that leave it open', async (t) => {
  const unknown = answer(503, {}, '{"type":"urn:log-lab:problem:outcome-unknown"}');
  const cases: [steps: Step[], outcome: string, retries: number][] = [
    [[answer(400)], 'failed', 0],
    [[answer(503), answer(503), answer(503)], 'failed', 2],
    [[unknown, answer(503), answer(503)], 'indeterminate', 2],
    [[answer(504), answer(503), answer(503)], 'indeterminate', 2],
    [[reset, answer(503), answer(400)], 'indeterminate', 2],
    [[hang, hang, hang], 'indeterminate', 2],
  ];
  for (const [steps, outcome, retries] of cases) {
    const { send } = await setUp(t, steps, { requestTimeoutMs: 100 });
    t.match(await send(), { outcome, retries });
  }
  const nobody = new Sender({
    target: new URL('http://127.0.0.1:1/logs'),
    keepAlive: false,
    concurrency: 1,
    requestTimeoutMs: 1000,
    attempts: 2,
  });
  const log = generateLogs(1, () => '').next().value;
  t.match(await nobody.send(log, new AbortController().signal), { outcome: 'failed', retries: 1 });
});

void t.test('waits for as long as it is asked to', async (t) => {
  const { send } = await setUp(t, [answer(503, { 'retry-after': '1' })]);
  const startedAt = performance.now();
  t.match(await send(), { outcome: 'stored', retries: 1 });
  t.ok(performance.now() - startedAt >= 995);
});

void t.test('waits longer from time to time, half of it at random, and never for long', async (t) => {
  const retries = [0, 1, 2, 3, 4, 5, 6, 100];
  t.same(
    retries.map((retry) => [backoffMs(retry, 0), backoffMs(retry, 1)]),
    [
      [25, 50],
      [50, 100],
      [100, 200],
      [200, 400],
      [400, 800],
      [800, 1600],
      [1000, 2000],
      [1000, 2000],
    ],
  );
  t.ok(new Set(retries.map(() => backoffMs(0))).size > 1);
});

void t.test('one connection for all logs, or one for each', async (t) => {
  const kept = await setUp(t, []);
  for (let count = 0; count < 5; count++) await kept.send();
  t.equal(kept.connections(), 1);
  const fresh = await setUp(t, [], { keepAlive: false });
  for (let count = 0; count < 5; count++) await fresh.send();
  t.equal(fresh.connections(), 5);
});
