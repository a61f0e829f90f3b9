/**
 * A process with a server that does next to nothing, so that the client is what a benchmark measures. Any message to it
 * asks for the count of requests since the last one.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = '{"stored":true}';

let served = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    served++;
    response.writeHead(201, { 'content-type': 'application/json', 'x-pod': 'pod', 'x-node': 'node' });
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  process.send?.(served);
  served = 0;
});
process.on('disconnect', () => process.exit());
