/** A process with the server that stands behind the proxies: what a pod would answer, at the least cost. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANSWER } from './proxy-client.ts';

const HEADERS = {
  'content-type': 'application/json',
  'content-length': ANSWER.length,
  'x-pod': 'pod',
  'x-node': 'node',
};

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, HEADERS);
  response.end(ANSWER);
});
server.listen(0, '127.0.0.1', 4096, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
