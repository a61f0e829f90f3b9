/** Switches a request to a WebSocket. */
import type { WebSocket } from 'ws';
import type { Exchange } from '../../exchange.ts';
import { noCommonProtocol } from '../command-channels.ts';

export interface AcceptedWebSocket {
  socket: WebSocket;
  /** The one of `protocols` that was agreed on. */
  protocol: string;
}

/** The subprotocols that the client offers, most wanted first. */
export function offeredProtocols({ request }: Exchange): string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header.split(',').flatMap((name) => name.trim() || []);
}

/** Takes the first of `protocols` that the client offers. Throws 403 Forbidden when it offers none of them. */
export async function acceptWebSocket(exchange: Exchange, protocols: readonly string[]): Promise<AcceptedWebSocket> {
  const offered = offeredProtocols(exchange);
  const protocol = protocols.find((name) => offered.includes(name));
  if (protocol === undefined) throw noCommonProtocol(offered, protocols);
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  const { request, response, head } = exchange;
  const { socket: connection } = request;
  response.detachSocket(connection);
  const socket = await new Promise<WebSocket>((resolve) => server.handleUpgrade(request, connection, head!, resolve));
  // A broken connection closes the socket, and that is what is listened for.
  socket.on('error', () => {});
  return { socket, protocol };
}
