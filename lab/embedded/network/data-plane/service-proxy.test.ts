import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import t from 'tap';
import { eventually } from '../test-support/eventually.ts';
import { nowhere, servicePlane, tcpServer } from '../test-support/plane.ts';
import { DataPlane } from './plane.ts';

const open = ({ host, port }: { host: string; port: number }): Socket =>
  connect({ host, port, allowHalfOpen: true }).on('error', () => {});

async function ask(socket: Socket): Promise<string> {
  socket.write('?');
  return String((await once(socket, 'data'))[0]);
}

/** What the client sees when its connection ends: `end`, or the code of an error. */
const fate = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('end', () => resolve('end'));
    socket.resume();
  });

void t.test('connections spread over all endpoints, each to one', async (t) => {
  const servers = await Promise.all([1, 2, 3].map((name) => tcpServer((socket) => socket.end(String(name)))));
  const { plane, address } = await servicePlane({ endpoints: servers.map(({ endpoint }) => endpoint) });
  const answers = [];
  for (let i = 0; i < 120; i++) answers.push(await text(open(address)));
  // One of three left out by chance: 3 x (2/3)^120, about 10^-20.
  t.equal(new Set(answers).size, 3);
  const counts = Object.values(plane.status().backends['b']!);
  t.equal(
    counts.reduce((sum, { total }) => sum + total, 0),
    120,
  );
  await plane.close();
  for (const server of servers) server.close();
});

void t.test('what waits for a slow client is not overwritten by what others read', async (t) => {
  const size = 20_000_000;
  const server = await tcpServer((socket) => {
    socket.once('data', (request) => {
      if (String(request) === 'large') socket.end(Buffer.alloc(size, 'a'));
      else socket.on('data', () => socket.write('b'.repeat(50_000))).write('b');
    });
  });
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const other = open(address);
  other.write('others');
  await once(other, 'data');
  const slow = open(address);
  slow.write('large');
  // Then the kernels' buffers are full, as far as the client takes it, and the rest waits in the proxy.
  await once(slow, 'readable');
  for (let i = 0; i < 20; i++) {
    other.write('?');
    await once(other, 'data');
  }
  const received = await buffer(slow);
  t.equal(received.length, size);
  t.equal(received.indexOf('b'), -1, 'only its own bytes');
  other.destroy();
  await plane.close();
  server.close();
});

void t.test('one direction can end before the other', async (t) => {
  const server = await tcpServer((socket) => {
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    socket.on('end', () => setImmediate(() => socket.end(`all of ${received}`)));
  });
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const client = open(address);
  client.end('request');
  t.equal(await text(client), 'all of request');
  await eventually(() => plane.status().backends['b']![server.endpoint.id]!.open === 0);

  const talker = await tcpServer((socket) => {
    socket.end('goodbye');
    socket.on('data', (chunk) => received.push(String(chunk)));
  });
  const received: string[] = [];
  const other = await servicePlane({ endpoints: [talker.endpoint] });
  const listener = open(other.address);
  t.equal(String((await once(listener, 'data'))[0]), 'goodbye');
  await once(listener, 'end');
  listener.end('still here');
  await eventually(() => received.join('') === 'still here');
  await Promise.all([plane.close(), other.plane.close()]);
  server.close();
  talker.close();
});

void t.test('a fast sender waits for a slow reader', async (t) => {
  const size = 64 * 1024 ** 2;
  let sent = 0;
  const server = await tcpServer((socket) => {
    const chunk = Buffer.alloc(65_536);
    const fill = () => {
      while (sent < size) {
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    socket.on('drain', fill);
    fill();
  });
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const client = open(address);
  client.pause();
  let before = -1;
  await eventually(async () => {
    const stalled = sent === before && sent > 0;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return stalled;
  });
  t.ok(sent < size / 2, `stalled after ${sent} bytes`);
  let received = 0;
  client.on('data', (chunk) => (received += chunk.length));
  client.resume();
  await once(client, 'end');
  t.equal(received, size);
  client.end();
  await plane.close();
  server.close();
});

void t.test('data that passes both ways at the same time arrives unchanged', async (t) => {
  const server = await tcpServer((socket) => socket.pipe(socket));
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const data = Buffer.from(Uint32Array.from({ length: 2 ** 20 }, (_, i) => i * 2_654_435_761).buffer);
  const echoes = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const client = open(address);
      const chunks: Buffer[] = [];
      client.on('data', (chunk) => chunks.push(chunk));
      client.end(data);
      await once(client, 'end');
      return Buffer.concat(chunks).equals(data);
    }),
  );
  t.same(echoes, [true, true, true, true]);
  await plane.close();
  server.close();
});

void t.test('an endpoint that refuses resets the client; no other one is tried', async (t) => {
  let asked = 0;
  const server = await tcpServer((socket) => {
    asked++;
    socket.end('ok');
  });
  const dead = await nowhere();
  const { plane, address } = await servicePlane({ endpoints: [dead, server.endpoint] });
  const fates = [];
  for (let i = 0; i < 100; i++) fates.push(await fate(open(address)));
  const refused = fates.filter((fate) => fate === 'ECONNRESET').length;
  t.equal(refused + asked, 100);
  t.ok(refused > 0 && asked > 0);
  t.equal(plane.status().backends['b']![dead.id]!.failed, refused);
  await plane.close();
  server.close();
});

void t.test('an endpoint that does not answer leaves the client waiting', async (t) => {
  const server = await tcpServer(() => {});
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const client = open(address);
  client.write('hello?');
  const ended = fate(client).then(() => 'ended');
  const waited = new Promise<string>((resolve) => setTimeout(resolve, 300, 'waiting'));
  t.equal(await Promise.race([ended, waited]), 'waiting');
  client.destroy();
  await plane.close();
  server.close();
});

void t.test('a broken connection is broken on the other side too', async (t) => {
  const server = await tcpServer((socket) => socket.write('hello'));
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const client = open(address);
  await once(client, 'data');
  const clientFate = fate(client);
  for (const socket of server.sockets) socket.resetAndDestroy();
  t.equal(await clientFate, 'ECONNRESET');

  const second = open(address);
  await once(second, 'data');
  const serverFate = fate([...server.sockets][0]!);
  second.resetAndDestroy();
  t.equal(await serverFate, 'ECONNRESET');
  await eventually(() => plane.status().backends['b']![server.endpoint.id]!.open === 0);
  await plane.close();
  server.close();
});

void t.test('connections live on when their endpoint leaves the Service; new ones go elsewhere', async (t) => {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => tcpServer((s) => s.on('data', () => s.write(name)))));
  const { plane, address, update } = await servicePlane({ endpoints: [a!.endpoint] });
  const old = open(address);
  t.equal(await ask(old), 'a');
  await update([b!.endpoint]);
  t.equal(await ask(old), 'a');
  const fresh = open(address);
  t.equal(await ask(fresh), 'b');
  old.destroy();
  fresh.destroy();
  await plane.close();
  a!.close();
  b!.close();
});

void t.test('without an endpoint connections are refused', async (t) => {
  const server = await tcpServer((socket) => socket.end('ok'));
  const plane = new DataPlane();
  const port = await freePort('127.0.0.1');
  const address = { host: '127.0.0.1', port };
  const config = (endpoints: (typeof server.endpoint)[]) => ({
    listeners: [{ id: 's', candidates: [address], serves: { backend: 'b' } }],
    backends: { b: { endpoints } },
    routes: [],
  });
  await plane.apply(config([]));
  t.same(plane.status().bindings['s'], address, 'the address is known to be good');
  t.equal(await fate(open(address)), 'ECONNREFUSED');
  await plane.apply(config([server.endpoint]));
  t.equal(await text(open(address)), 'ok');
  await plane.apply(config([]));
  t.equal(await fate(open(address)), 'ECONNREFUSED');
  await plane.close();
  server.close();
});

void t.test('a translated address keeps its port without an endpoint, and resets', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const taken = (other.address() as AddressInfo).port;
  const candidates = [
    { host: '127.0.0.1', port: taken },
    // No machine has this address (RFC 5737), as macOS has none but 127.0.0.1.
    { host: '192.0.2.1', port: 0 },
    { host: '127.0.0.1', port: 0 },
  ];
  const plane = new DataPlane();
  const config = { listeners: [{ id: 's', candidates, serves: { backend: 'b' } }], backends: { b: { endpoints: [] } } };
  await plane.apply({ ...config, routes: [] });
  const binding = plane.status().bindings['s']!;
  t.notOk('error' in binding);
  if (!('error' in binding)) t.equal(await fate(open(binding)), 'ECONNRESET');
  await plane.close();
  other.close();
});

void t.test('a port that cannot be bound is reported, and bound once it is free', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
  const plane = new DataPlane();
  const config = {
    listeners: [{ id: 's', candidates: [address], serves: { backend: 'b' } }],
    backends: { b: { endpoints: [] } },
    routes: [],
  };
  await plane.apply(config);
  t.same(plane.status().bindings['s'], { error: 'EADDRINUSE' });
  other.close();
  await once(other, 'close');
  await plane.apply(config);
  t.same(plane.status().bindings['s'], address);
  await plane.close();
});

void t.test('a listener that is no longer wanted resets its connections and frees its port', async (t) => {
  const server = await tcpServer((socket) => socket.write('hello'));
  const { plane, address } = await servicePlane({ endpoints: [server.endpoint] });
  const client = open(address);
  await once(client, 'data');
  const ended = fate(client);
  await plane.apply({ listeners: [], backends: {}, routes: [] });
  t.equal(await ended, 'ECONNRESET');
  t.equal(await fate(open(address)), 'ECONNREFUSED');
  t.same(plane.status(), { bindings: {}, backends: {} });
  server.close();
});

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
