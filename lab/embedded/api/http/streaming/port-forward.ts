/** Forwards connections to ports of a pod. Current clients tunnel SPDY in a WebSocket, older ones speak it bare. */
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { upgradeProtocol } from './command-channels.ts';
import { podConnector } from './forward.ts';
import { spdyPortForward, TUNNEL_PROTOCOL, tunnelledPortForward } from './spdy/port-forward.ts';
import { offeredProtocols } from './websocket/accept.ts';
import { webSocketPortForward } from './websocket/port-forward.ts';

export async function portForward(exchange: Exchange, request: ResourceRequest): Promise<void> {
  const connect = podConnector(exchange, request);
  if (upgradeProtocol(exchange) === 'spdy') return spdyPortForward(exchange, connect);
  const tunnelled = offeredProtocols(exchange).includes(TUNNEL_PROTOCOL);
  return tunnelled ? tunnelledPortForward(exchange, connect) : webSocketPortForward(exchange, connect);
}
