import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { HttpConnection } from './http-connection.ts';

void t.test('a source port that is taken is no failure of the request', async (t) => {
  const server = createServer((request, response) => response.end(String(request.socket.remotePort)));
  const occupant = createTcpServer();
  t.teardown(() => {
    server.close();
    occupant.close();
  });
  server.listen(0, '127.0.0.1');
  occupant.listen(0, '0.0.0.0');
  await Promise.all([once(server, 'listening'), once(occupant, 'listening')]);
  const { port } = server.address() as AddressInfo;
  const taken = (occupant.address() as AddressInfo).port;

  let connected = 0;
  const status = await new Promise<number>((resolve, reject) => {
    const listener = {
      connected: () => void (connected += 1),
      answered: (head: { status: number }) => resolve(head.status),
      lost: (error: string) => reject(new Error(error)),
    };
    const connection = new HttpConnection('127.0.0.1', port, listener, taken);
    connection.send(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
  });
  t.equal(status, 200);
  t.equal(connected, 1);
});
