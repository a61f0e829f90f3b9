/** One connection through the proxy: bytes go both ways as TCP would carry them. */
import { connect, type Socket } from 'node:net';
import type { Endpoint } from './backend.ts';

/**
 * Where all endpoints' connections read to: a new buffer for each read, as sockets do it on their own, costs more than a
 * copy. A copy it must be: a socket is told where its next read goes long before, so that whatever still lies here when
 * another one reads is overwritten.
 */
const scratch = Buffer.allocUnsafe(65_536);

/**
 * Connects `client` to `endpoint` and relays until both directions have ended. An endpoint that refuses resets the
 * client, one that hangs leaves it hanging: like kube-proxy's NAT, the proxy tries no other and has no time limit.
 * Both sockets must allow half-open connections.
 */
export function relay(client: Socket, endpoint: Endpoint, open: Set<Socket>): void {
  const upstream = connect({
    host: endpoint.host,
    port: endpoint.port,
    noDelay: true,
    allowHalfOpen: true,
    onread: { buffer: () => scratch, callback: (length) => pass(Buffer.from(scratch.subarray(0, length))) },
  });
  const pass = (chunk: Buffer): boolean => client.write(chunk);
  client.on('drain', () => upstream.resume());
  client.on('data', (chunk) => {
    if (!upstream.write(chunk)) client.pause();
  });
  upstream.on('drain', () => client.resume());
  joinEnds(client, upstream);
  joinEnds(upstream, client);
  count(client, upstream, endpoint);
  open.add(client);
  client.on('close', () => open.delete(client));
}

/** A half that ends or breaks on one side does the same on the other. */
function joinEnds(from: Socket, to: Socket): void {
  from.on('end', () => to.end());
  from.on('error', () => reset(to));
  // Destroyed without an error: the proxy closes, or both halves have ended.
  from.on('close', () => {
    if (!to.writableEnded) reset(to);
  });
}

/** resetAndDestroy() of a socket that still connects would wait for an endpoint that may never answer. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

function count(client: Socket, upstream: Socket, { counts }: Endpoint): void {
  counts.open++;
  counts.total++;
  client.on('close', () => counts.open--);
  upstream.on('error', () => {
    if (upstream.bytesRead === 0) counts.failed++;
  });
}
