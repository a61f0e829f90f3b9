/** Switches a request to SPDY/3.1. */
import type { Duplex } from 'node:stream';
import type { Exchange } from '../../exchange.ts';
import { noCommonProtocol } from '../command-channels.ts';

const HEADER = 'x-stream-protocol-version';

/** Takes the first of the client's protocols that is among `protocols`. Throws 403 Forbidden when none is. */
export function acceptSpdy({ request, response, head }: Exchange, protocols: readonly string[]): Duplex {
  const header = request.headers[HEADER] ?? '';
  const offered = (Array.isArray(header) ? header.join(',') : header).split(',').flatMap((name) => name.trim() || []);
  const protocol = offered.find((name) => protocols.includes(name));
  if (protocol === undefined) throw noCommonProtocol(offered, protocols);
  const { socket } = request;
  response.detachSocket(socket);
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head !== undefined && head.length > 0) socket.unshift(head);
  return socket;
}
