import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import t, { type Test } from 'tap';
import { runHandler } from './handler.ts';
import type { ProbeTarget } from './target.ts';

/** A target at an address of the cluster that is really the server's. */
async function targetAt(t: Test, server: Server): Promise<ProbeTarget> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    podIP: '127.0.9.9',
    container: { name: 'main', ports: [{ name: 'web', containerPort: 80 }] },
    resolve: () => ({ host: '127.0.0.1', port }),
    execute: () => Promise.reject(new Error('not used')),
  };
}

void t.test('httpGet', async (t) => {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    if (request.url === '/slow') return;
    response.writeHead(Number(request.url?.slice(1)), { location: '/elsewhere' }).end('body');
  });
  const target = await targetAt(t, server);
  const get = (path: string) =>
    runHandler({ httpGet: { path, port: 'web', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] } }, target, 200);
  for (const status of [200, 204, 302, 399]) t.same(await get(`/${status}`), { ok: true, message: '' }, String(status));
  for (const status of [400, 404, 503]) {
    t.same(await get(`/${status}`), { ok: false, message: `HTTP probe failed with statuscode: ${status}` });
  }
  t.same(await get('/slow'), {
    ok: false,
    message:
      'Get "http://127.0.9.9:80/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  });
  t.match(requests[0], { host: '127.0.9.9:80', 'x-probe': 'yes', connection: 'close' });
});

void t.test('httpGet with a Host header of its own', async (t) => {
  const hosts: unknown[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host);
    response.end();
  });
  const target = await targetAt(t, server);
  await runHandler({ httpGet: { port: 80, httpHeaders: [{ name: 'Host', value: 'shop.test' }] } }, target, 1000);
  t.same(hosts, ['shop.test']);
});

void t.test('a server that hangs up', async (t) => {
  const target = await targetAt(
    t,
    createServer((request) => request.socket.destroy()),
  );
  const { message } = await runHandler({ httpGet: { path: 'x', port: 80 } }, target, 1000);
  t.equal(message, 'Get "http://127.0.9.9:80/x": EOF');
});

void t.test('grpc', async (t) => {
  const services: string[] = [];
  let status = 1;
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    services.push(String(headers[':path']));
    stream.on('data', (data: Buffer) => services.push(data.subarray(7).toString()));
    stream.respond({ 'content-type': 'application/grpc', ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.of(0, 0, 0, 0, 2, 8, status));
  });
  const target = await targetAt(t, server);
  const probe = { grpc: { port: 80, service: 'shop' } };
  t.same(await runHandler(probe, target, 1000), { ok: true, message: '' });
  t.same(services, ['/grpc.health.v1.Health/Check', 'shop']);
  status = 2;
  t.match(await runHandler(probe, target, 1000), { ok: false, message: /NOT_SERVING/ });
});
