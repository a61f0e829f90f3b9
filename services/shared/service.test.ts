import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { shutDown } from './lifecycle.ts';
import { createService } from './service.ts';
import { silentLogger } from './testing/silent-logger.ts';

function build() {
  const service = createService({
    identity: { pod: 'pod-1', node: 'node-1' },
    logger: silentLogger,
    bodyLimitBytes: 10,
    checkReadiness: async () => waitingFor,
  });
  let waitingFor: string | null = null;
  service.app.post('/echo', (request, reply) => reply.send(request.body));
  service.app.get('/fail', async () => {
    throw new Error('a secret');
  });
  return { ...service, waitFor: (what: string) => (waitingFor = what) };
}

const IDENTITY = { 'x-pod': 'pod-1', 'x-node': 'node-1' };

void t.test('every answer names the pod and the node, and errors are problems', async (t) => {
  const { app } = build();
  const json = { 'content-type': 'application/json' };
  const cases = [
    { request: { method: 'GET', url: '/nothing' }, status: 404 },
    { request: { method: 'PUT', url: '/echo' }, status: 405, headers: { allow: 'POST' } },
    { request: { method: 'GET', url: '/%ff' }, status: 400 },
    { request: { method: 'POST', url: '/echo', headers: json, payload: '{' }, status: 400 },
    { request: { method: 'POST', url: '/echo', headers: json, payload: '"0123456789"' }, status: 413 },
    { request: { method: 'POST', url: '/echo', headers: { 'content-type': 'a/b' }, payload: 'x' }, status: 415 },
    { request: { method: 'GET', url: '/fail' }, status: 500 },
  ] as const;
  for (const { request, status, ...rest } of cases) {
    const response = await app.inject(request);
    t.equal(response.statusCode, status, `${request.method} ${request.url}`);
    t.match(response.headers, { ...IDENTITY, ...('headers' in rest ? rest.headers : {}) });
    t.equal(response.headers['content-type'], 'application/problem+json');
    t.match(response.json(), { type: 'about:blank', title: String, status, detail: String });
    t.notMatch(response.body, 'a secret');
  }
});

void t.test('bytes that are not HTTP get a problem too', async (t) => {
  const { app } = build();
  t.teardown(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('nonsense\r\n\r\n');
  const answer = await text(socket);
  t.match(answer, /^HTTP\/1.1 400 Bad Request\r\nx-pod: pod-1\r\nx-node: node-1\r\n/);
  t.match(answer, '"status":400');
});

void t.test('health', async (t) => {
  const { app, lifecycle, waitFor } = build();
  t.equal((await app.inject('/readyz')).statusCode, 200);
  waitFor('The database is not there.');
  const notReady = await app.inject('/readyz');
  t.equal(notReady.statusCode, 503);
  t.match(notReady.json(), { type: 'urn:log-lab:problem:not-ready', detail: 'The database is not there.' });
  lifecycle.beginDraining();
  t.match((await app.inject('/readyz')).json(), { detail: 'The service is shutting down.' });
  t.equal((await app.inject('/livez')).statusCode, 200);
});

void t.test('metrics count what was answered, by route', async (t) => {
  const { app } = build();
  t.teardown(() => app.close());
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  await fetch(`${address}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  await fetch(`${address}/nothing`);
  const response = await fetch(`${address}/metrics`);
  const body = await response.text();
  t.match(response.headers.get('content-type'), 'text/plain; version=0.0.4');
  t.match(body, 'http_requests_total{method="POST",route="/echo",status="200"} 1\n');
  t.match(body, 'http_requests_total{method="GET",route="unmatched",status="404"} 1\n');
  t.match(body, 'http_request_duration_seconds_count{method="POST",route="/echo"} 1\n');
  t.match(body, /^process_start_time_seconds \d+/m);
});

void t.test('draining answers requests in progress and asks clients to go elsewhere', async (t) => {
  const { app, lifecycle } = build();
  const inProgress = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  app.get('/slow', () => {
    begun.resolve();
    return inProgress.promise;
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const slow = fetch(`${address}/slow`);
  await begun.promise;
  const ended = shutDown(app, lifecycle, { drainDelayMs: 1000, shutdownTimeoutMs: 5000 });
  const during = await fetch(`${address}/livez`);
  t.equal(during.headers.get('connection'), 'close');
  await once(app.server, 'close', { signal: AbortSignal.timeout(1100) }).catch(() => {});
  inProgress.resolve('done');
  t.equal(await (await slow).text(), 'done');
  t.equal(await ended, true);
  await t.rejects(fetch(`${address}/livez`), 'it does not listen any more');
});

void t.test('a connection without a request does not hold up the end', async (t) => {
  const { app, lifecycle } = build();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(app.server, 'connection');
  t.equal(await shutDown(app, lifecycle, { drainDelayMs: 0, shutdownTimeoutMs: 5000 }), true);
  socket.destroy();
});

void t.test('requests that never end are cut off after the time-out', async (t) => {
  const { app, lifecycle } = build();
  const begun = Promise.withResolvers<void>();
  app.get('/never', () => {
    begun.resolve();
    return new Promise(() => {});
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const never = t.rejects(fetch(`${address}/never`));
  await begun.promise;
  t.equal(await shutDown(app, lifecycle, { drainDelayMs: 0, shutdownTimeoutMs: 50 }), false);
  await never;
});
