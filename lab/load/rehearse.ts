/**
 * A driver's first requests are slow by its own doing: code is loaded and compiled, 20 to 30 ms in all, and the record
 * would lay that at the server's door. So each load is preceded by a short rehearsal before an audience in its thread.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { LoadSpec } from './load.ts';
import { Recorder } from './recorder.ts';
import type { Drive } from './registry.ts';

const ANSWER = 'HTTP/1.1 201 Created\r\nx-pod: pod\r\nx-node: node\r\nContent-Length: 2\r\n\r\n{}';
const REQUESTS = 200;
const RATE_PER_SECOND = 10_000;

/** Runs a few requests of this kind to a server of its own; the spec's target sees nothing of it. */
export async function rehearse(drive: Drive, spec: LoadSpec, signal: AbortSignal): Promise<void> {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(ANSWER));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rehearsal = {
    host: '127.0.0.1',
    port,
    requests: REQUESTS,
    durationMs: undefined,
    ratePerSecond: RATE_PER_SECOND,
  };
  await drive({ ...spec, ...rehearsal }, new Recorder(spec), signal);
  server.close();
}
