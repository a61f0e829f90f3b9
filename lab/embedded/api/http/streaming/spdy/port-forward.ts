/**
 * Port forwarding over SPDY (portforward.k8s.io): for each connection the client opens two streams, one for errors and
 * one for data, that carry the same request id.
 */
import type { Duplex } from 'node:stream';
import type { Exchange } from '../../exchange.ts';
import { forward } from '../forward.ts';
import type { Connect } from '../forward.ts';
import { acceptWebSocket } from '../websocket/accept.ts';
import { SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';
import { acceptSpdy } from './upgrade.ts';

const PROTOCOL = 'portforward.k8s.io';
/** The same inside a WebSocket, each message some of the bytes. */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${PROTOCOL}`;

export async function spdyPortForward(exchange: Exchange, connect: Connect): Promise<void> {
  await serve(acceptSpdy(exchange, [PROTOCOL]), connect);
}

export async function tunnelledPortForward(exchange: Exchange, connect: Connect): Promise<void> {
  const { createWebSocketStream } = await import('ws');
  const { socket } = await acceptWebSocket(exchange, [TUNNEL_PROTOCOL]);
  await serve(createWebSocketStream(socket), connect);
}

async function serve(transport: Duplex, connect: Connect): Promise<void> {
  const waiting = new Map<string, SpdyStream>();
  const session = new SpdySession(transport, (stream) => {
    const id = stream.headers.get('requestid') ?? '';
    const other = waiting.get(id);
    if (other === undefined) {
      waiting.set(id, stream);
      stream.once('close', () => waiting.delete(id));
      return;
    }
    waiting.delete(id);
    void forwardPair(connect, [stream, other]);
  });
  await session.run();
}

async function forwardPair(connect: Connect, pair: readonly SpdyStream[]): Promise<void> {
  const data = pair.find(({ headers }) => headers.get('streamtype') === 'data');
  const errors = pair.find(({ headers }) => headers.get('streamtype') === 'error');
  if (data === undefined || errors === undefined) {
    for (const stream of pair) stream.destroy();
    return;
  }
  // The client sends nothing on it, but its end must be seen.
  errors.resume();
  try {
    await forward(connect, Number(data.headers.get('port')), data, data);
    errors.end();
  } catch (error) {
    errors.end((error as Error).message);
    data.destroy();
  }
}
