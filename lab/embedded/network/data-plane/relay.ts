/** One connection through the proxy: bytes go both ways as TCP would carry them. */
import { connect, type Socket } from 'node:net';
import type { Endpoint } from './backend.ts';

/**
 * What is read from endpoints lands here and is nearly always written on before the next read, so that one buffer
 * serves all connections. When the kernel did not take everything, the buffer is left to the pending write.
 */
let scratch = Buffer.allocUnsafe(65_536);

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
    onread: { buffer: () => scratch, callback: (length, buffer) => pass(buffer.subarray(0, length)) },
  });
  const pass = (chunk: Uint8Array): boolean => {
    const more = client.write(chunk);
    if (client.writableLength > 0) scratch = Buffer.allocUnsafe(65_536);
    return more;
  };
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
