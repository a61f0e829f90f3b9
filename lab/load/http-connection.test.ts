import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { HttpConnection } from './http-connection.ts';
import { takenPort } from './testing/taken-port.ts';

for (const [what, following] of [
  ['the next one serves', 0],
  ['any one serves, when those given are all taken', undefined],
] as const) {
  void t.test(`instead of a source port that is taken, ${what}`, (t) => serveFrom(t, following));
}

/** `following` is the port given after the taken one: 0 is any that is free. */
async function serveFrom(t: Test, following: number | undefined): Promise<void> {
  const server = createServer((_request, response) => response.end());
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = await takenPort(t);

  let connected = 0;
  const status = await new Promise<number>((resolve, reject) => {
    const listener = {
      connected: () => void (connected += 1),
      answered: (head: { status: number }) => resolve(head.status),
      lost: (error: string) => reject(new Error(error)),
    };
    let given = 0;
    const ports = { take: () => (given++ === 0 ? taken : (following ?? taken)) };
    const connection = new HttpConnection('127.0.0.1', port, listener, ports);
    connection.send(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
  });
  t.equal(status, 200);
  t.equal(connected, 1);
}
