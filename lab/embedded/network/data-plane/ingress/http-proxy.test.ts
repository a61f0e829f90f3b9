import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { eventually } from '../../test-support/eventually.ts';
import { ingressPlane, listenForTest, nowhere, tcpServer } from '../../test-support/plane.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const httpServer = (handler: Handler) => listenForTest(createServer(handler));

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

async function send(url: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const sent = request(url, { agent: false, ...options });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Sends `bytes` as they are and returns all that comes back until the end. */
async function sendRaw({ host, port }: { host: string; port: number }, bytes: string): Promise<string> {
  const socket = connect(port, host).on('error', () => {});
  socket.write(bytes, 'latin1');
  return text(socket);
}

void t.test('each endpoint gets every n-th request, whatever connection it comes by', async (t) => {
  const servers = await Promise.all([0, 1, 2].map((name) => httpServer((_, response) => response.end(String(name)))));
  const { plane, url } = await ingressPlane(servers.map(({ endpoint }) => endpoint));
  const names: string[] = [];
  for (let i = 0; i < 30; i++) names.push((await send(url)).body);
  for (let i = 3; i < 30; i++) t.equal(names[i], names[i - 3]);
  t.equal(new Set(names.slice(0, 3)).size, 3);
  await plane.close();
  for (const server of servers) server.close();
});

void t.test('connections to endpoints are kept for the next request', async (t) => {
  let connections = 0;
  const server = createServer((_, response) => response.end('ok')).on('connection', () => connections++);
  const { endpoint, close } = await listenForTest(server);
  const { plane, url } = await ingressPlane([endpoint]);
  for (let i = 0; i < 20; i++) await send(url);
  t.equal(connections, 1);
  t.match(plane.status().backends['b']![endpoint.id], { open: 0, total: 20, failed: 0 });
  await plane.close();
  close();
});

void t.test('a large response leaves what other kept connections read alone', async (t) => {
  const servers = await Promise.all(
    ['first', 'second'].map((name) =>
      httpServer((request, response) => response.end(name.repeat(request.url === '/large' ? 20_000 : 1))),
    ),
  );
  const { plane, url } = await ingressPlane(servers.map(({ endpoint }) => endpoint));
  const small = async (): Promise<string> => (await send(url)).body;
  const first = [await small(), await small()];
  t.equal((await send(`${url}/large`)).body, first[0]!.repeat(20_000));
  t.equal(await small(), first[1], 'the other one, whose connection had been idle meanwhile');
  t.equal(await small(), first[0]);
  await plane.close();
  for (const server of servers) server.close();
});

void t.test('the endpoint learns who asked; what concerns one connection stays behind', async (t) => {
  const seen: IncomingMessage['headers'][] = [];
  const server = await httpServer((request, response) => {
    seen.push(request.headers);
    response.end();
  });
  const { plane, url } = await ingressPlane([server.endpoint]);
  const spoofed = { 'x-forwarded-for': '8.8.8.8', 'x-real-ip': '8.8.8.8', 'x-forwarded-proto': 'https' };
  const own = { connection: 'close, x-private', 'x-private': '1', te: 'trailers', 'x-mine': 'yes' };
  await send(url, { headers: { host: 'shop.test:81', ...spoofed, ...own } });
  await send(url, { headers: { 'x-request-id': 'given' } });
  t.match(seen[0], {
    host: 'shop.test:81',
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.test:81',
    'x-request-id': /^[0-9a-f]{32}$/,
    'x-mine': 'yes',
  });
  t.notOk('x-private' in seen[0]!);
  t.notOk('te' in seen[0]!);
  t.equal(seen[1]!['x-request-id'], 'given');
  await plane.close();
  server.close();
});

void t.test('status, headers and body come back as they are', async (t) => {
  const server = await httpServer((request, response) => {
    if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 1234 });
    else response.writeHead(418, 'Short', { 'x-pod': 'web-1', 'set-cookie': ['a=1', 'b=2'] });
    response.end(request.method === 'HEAD' ? undefined : request.url);
  });
  const { plane, url } = await ingressPlane([server.endpoint]);
  const answer = await send(`${url}/a%20b?c=d`);
  t.match(answer, { status: 418, body: '/a%20b?c=d', headers: { 'x-pod': 'web-1', 'set-cookie': ['a=1', 'b=2'] } });
  t.match(await send(url, { method: 'HEAD' }), { status: 200, body: '', headers: { 'content-length': '1234' } });
  await plane.close();
  server.close();
});

void t.test('404 without a rule, 503 without an endpoint, 502 and 504 when the endpoint fails', async (t) => {
  const unruled = await ingressPlane([], { host: 'shop.test' });
  t.equal((await send(unruled.url)).status, 404);
  t.equal((await send(unruled.url, { headers: { host: 'shop.test' } })).status, 503);
  const unknown = await ingressPlane([], { backend: undefined });
  t.equal((await send(unknown.url)).status, 503);
  const refusing = await ingressPlane([await nowhere()]);
  t.equal((await send(refusing.url)).status, 502);
  const garbage = await tcpServer((socket) => socket.end('garbage\r\n\r\n'));
  const speakingGarbage = await ingressPlane([garbage.endpoint]);
  t.equal((await send(speakingGarbage.url)).status, 502);
  const silent = await tcpServer((socket) => socket.resume());
  const hanging = await ingressPlane([silent.endpoint], { readTimeoutMs: 50 });
  t.equal((await send(hanging.url)).status, 504);
  for (const { plane } of [unruled, unknown, refusing, speakingGarbage, hanging]) await plane.close();
  garbage.close();
  silent.close();
});

void t.test('a request that no endpoint has seen goes to the next one, whatever its method', async (t) => {
  const server = await httpServer((request, response) => request.pipe(response));
  const { plane, url } = await ingressPlane([await nowhere(), server.endpoint]);
  for (let i = 0; i < 6; i++) t.match(await send(url, { method: 'POST' }, 'body'), { status: 200, body: 'body' });
  await plane.close();
  server.close();
});

void t.test('a request that was sent is repeated only if that does no harm', async (t) => {
  const seen: string[] = [];
  const breaking = await httpServer((request) => {
    seen.push(`${request.method}`);
    request.socket.resetAndDestroy();
  });
  const good = await httpServer((_, response) => response.end('ok'));
  const { plane, url, update } = await ingressPlane([breaking.endpoint, good.endpoint]);
  for (let i = 0; i < 4; i++) t.equal((await send(url)).status, 200);
  t.ok(seen.length > 0 && seen.every((method) => method === 'GET'));
  await update([breaking.endpoint]);
  t.equal((await send(url, { method: 'POST' }, 'x')).status, 502);
  await update([breaking.endpoint, good.endpoint]);
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await send(url, { method: 'POST' }, 'x')).status);
  t.same(
    statuses.toSorted((a, b) => a - b),
    [200, 200, 502, 502],
  );
  t.equal(seen.filter((method) => method === 'POST').length, 3, 'each was sent once');
  await plane.close();
  breaking.close();
  good.close();
});

void t.test('an endpoint that breaks off in the middle breaks the client’s connection', async (t) => {
  const server = await httpServer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.socket?.resetAndDestroy());
  });
  const { plane, url } = await ingressPlane([server.endpoint]);
  await t.rejects(send(url), /aborted/);
  await plane.close();
  server.close();
});

void t.test('server-sent events arrive as they are sent', async (t) => {
  let events!: ServerResponse;
  const server = await httpServer((_, response) => {
    events = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  const { plane, url } = await ingressPlane([server.endpoint]);
  const sent = request(url).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
    events.write(event);
    t.equal(String((await once(response, 'data'))[0]), event);
  }
  sent.on('error', () => {});
  sent.destroy();
  await once(events, 'close');
  t.ok(events.destroyed, 'and the endpoint sees the client go');
  await plane.close();
  server.close();
});

void t.test('a chunked upload is passed on piece by piece', async (t) => {
  const pieces: string[] = [];
  const server = await httpServer((request, response) => {
    request.on('data', (piece) => pieces.push(String(piece)));
    request.on('end', () => response.end(`${request.headers['transfer-encoding']} ${pieces.join('')}`));
  });
  const { plane, url } = await ingressPlane([server.endpoint]);
  const sent = request(url, { method: 'POST' });
  sent.write('first ');
  await eventually(() => pieces.length === 1);
  sent.end('second');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  t.equal(await text(response), 'chunked first second');
  await plane.close();
  server.close();
});

void t.test('large bodies go through in both directions, and a slow reader slows the sender', async (t) => {
  const size = 32 * 1024 ** 2;
  let sent = 0;
  const server = await httpServer((request, response) => {
    if (request.method === 'PUT') {
      request.pipe(response);
      return;
    }
    const chunk = Buffer.alloc(65_536);
    const fill = () => {
      while (sent < size) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', fill);
          return;
        }
      }
      response.end();
    };
    fill();
  });
  const { plane, url } = await ingressPlane([server.endpoint], { bodyLimit: 0 });
  const big = Buffer.alloc(8 * 1024 ** 2, 'abcdefg');
  t.ok((await send(url, { method: 'PUT' }, big)).body === big.toString(), '8 MB echoed');

  const slow = request(url).end();
  const [response] = (await once(slow, 'response')) as [IncomingMessage];
  let before = -1;
  await eventually(async () => {
    const stalled = sent === before;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return stalled;
  });
  t.ok(sent < size, `stalled after ${sent} bytes`);
  t.equal((await text(response)).length, size);
  await plane.close();
  server.close();
});

void t.test('a body beyond the limit is refused', async (t) => {
  let served = 0;
  const server = await httpServer((request, response) => {
    request.resume().on('end', () => {
      served++;
      response.end('ok');
    });
  });
  const { plane, url } = await ingressPlane([server.endpoint], { bodyLimit: 1000 });
  t.equal((await send(url, { method: 'POST' }, 'x'.repeat(1000))).status, 200);
  t.equal((await send(url, { method: 'POST' }, 'x'.repeat(1001))).status, 413);
  const chunked = request(url, { method: 'POST', agent: false }).on('error', () => {});
  chunked.write('x'.repeat(900));
  chunked.write('x'.repeat(200));
  const [response] = (await once(chunked, 'response')) as [IncomingMessage];
  t.equal(response.statusCode, 413);
  response.resume();
  chunked.destroy();
  t.equal(served, 1);
  await plane.close();
  server.close();
});

void t.test('an endpoint that answers before it has read the body leaves the client’s connection usable', async (t) => {
  const server = await httpServer((request, response) => {
    if (request.method === 'POST') request.pause();
    response.end('ok');
  });
  const { plane, url } = await ingressPlane([server.endpoint], { bodyLimit: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const big = Buffer.alloc(16 * 1024 ** 2);
  t.equal((await send(url, { agent, method: 'POST' }, big)).status, 200);
  t.equal((await send(url, { agent })).status, 200);
  agent.destroy();
  await plane.close();
  server.close();
});

void t.test('Expect: 100-continue is answered unless the request is refused', async (t) => {
  const server = await httpServer((request, response) => request.pipe(response));
  const { plane, url } = await ingressPlane([server.endpoint], { bodyLimit: 10 });
  const ask = async (length: number) => {
    const headers = { expect: '100-continue', 'content-length': length };
    const sent = request(url, { method: 'POST', agent: false, headers });
    sent.flushHeaders();
    let continued = false;
    sent.on('continue', () => {
      continued = true;
      sent.end('x'.repeat(length));
    });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    sent.on('error', () => {});
    sent.destroy();
    return [response.statusCode, continued];
  };
  t.same(await ask(5), [200, true]);
  t.same(await ask(50), [413, false]);
  await plane.close();
  server.close();
});

void t.test('requests that could be read in two ways are refused', async (t) => {
  let served = 0;
  const server = await httpServer((_, response) => {
    served++;
    response.end();
  });
  const { plane, address } = await ingressPlane([server.endpoint]);
  const heads: [head: string, status: RegExp][] = [
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n', /^HTTP\/1.1 400/],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n', /^HTTP\/1.1 400/],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n', /^HTTP\/1.1 501/],
    ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n', /^HTTP\/1.1 400/],
    ['GET / HTTP/1.1\r\n', /^HTTP\/1.1 400/],
    ['GET ftp://a/ HTTP/1.1\r\nHost: a\r\n', /^HTTP\/1.1 400/],
    ['GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n', /^HTTP\/1.1 400/],
  ];
  for (const [head, status] of heads) {
    t.match(await sendRaw(address, `${head}Connection: close\r\n\r\n0\r\n\r\n`), status, JSON.stringify(head));
  }
  t.equal(served, 0);
  await plane.close();
  server.close();
});

void t.test('an absolute request target names the host', async (t) => {
  const server = await httpServer((request, response) => response.end(`${request.headers.host} ${request.url}`));
  const { plane, address } = await ingressPlane([server.endpoint], { host: 'shop.test' });
  const answer = await sendRaw(address, 'GET http://shop.test/x?y HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n');
  t.match(answer, /shop\.test \/x\?y/);
  await plane.close();
  server.close();
});

void t.test('pipelined requests are answered in their order', async (t) => {
  const server = await httpServer((request, response) => {
    setTimeout(() => response.end(`<${request.url}>`), request.url === '/1' ? 50 : 0);
  });
  const { plane, address } = await ingressPlane([server.endpoint]);
  const [first, second] = ['/1', '/2'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const last = 'GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const answer = await sendRaw(address, `${first}${second}${last}`);
  t.same(answer.match(/<\/\d>/g), ['</1>', '</2>', '</3>']);
  await plane.close();
  server.close();
});

void t.test('a WebSocket passes once the endpoint has agreed', async (t) => {
  const accepting = createServer().on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  const server = await listenForTest(accepting);
  const { plane, address, update } = await ingressPlane([server.endpoint]);
  const handshake = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  const socket = connect(address.port, address.host);
  socket.write(`${handshake}early`);
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  await eventually(() => received.endsWith('early'));
  t.match(received, /^HTTP\/1\.1 101 /);
  t.match(received, /\r\nUpgrade: websocket\r\n/);
  socket.write(' late');
  await eventually(() => received.endsWith('early late'));
  socket.destroy();
  await eventually(() => server.sockets.size === 0);

  const smuggled: string[] = [];
  const refusing = await httpServer((request, response) => {
    smuggled.push(request.url ?? '');
    response.writeHead(426).end('no');
  });
  await update([refusing.endpoint]);
  const answer = await sendRaw(address, `${handshake}GET /secret HTTP/1.1\r\nHost: a\r\n\r\n`);
  t.match(answer, /^HTTP\/1\.1 426 [^]*no/);
  t.same(smuggled, ['/ws'], 'what follows a refused handshake goes nowhere');
  await plane.close();
  server.close();
  refusing.close();
});

void t.test('an endpoint that goes loses its idle connections', async (t) => {
  const server = await httpServer((_, response) => response.end('ok'));
  const { plane, url, update } = await ingressPlane([server.endpoint]);
  await send(url);
  t.equal(server.sockets.size, 1);
  await update([]);
  await eventually(() => server.sockets.size === 0);
  await plane.close();
  server.close();
});
