import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { listeningSockets, parseSocketTable } from './listening-sockets.ts';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

void t.test('reads the listening sockets out of the kernel’s table', (t) => {
  const table =
    HEADER +
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n' +
    '   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n' +
    '   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n';
  t.same(parseSocketTable(table), [
    { address: '127.0.0.1', port: 8080 },
    { address: '*', port: 80 },
  ]);
  t.end();
});

void t.test(':: listens on all IPv4 addresses too; another IPv6 address cannot clash with one', (t) => {
  const table =
    HEADER +
    '   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0 0 0\n' +
    '   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 0 0 0\n';
  t.same(parseSocketTable(table), [{ address: '*', port: 80 }]);
  t.end();
});

void t.test(
  'sees a server of this process',
  { skip: listeningSockets() ? false : 'no /proc/net/tcp here' },
  async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    t.ok(listeningSockets()?.some((socket) => socket.address === '127.0.0.1' && socket.port === port));
    server.close();
  },
);
