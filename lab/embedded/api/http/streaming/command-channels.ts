/** The streams of a command that a client runs in a container, whichever protocol carries them. */
import type { Readable, Writable } from 'node:stream';
import { ApiError } from '../../errors.ts';
import { badRequest } from '../../status-errors.ts';
import type { Exchange } from '../exchange.ts';
import { queryFlag } from '../query.ts';
import { spdyChannels } from './spdy/command-channels.ts';
import { webSocketChannels } from './websocket/command-channels.ts';

export interface CommandChannels {
  /** Those that the client asked for. When the client goes away, stdin ends and the others are destroyed. */
  stdin: Readable | undefined;
  stdout: Writable | undefined;
  stderr: Writable | undefined;
  /** Tells the client how it ended (a Status) and closes the connection. */
  finish: (status: object) => Promise<void>;
}

/** Which streams the client wants. */
export interface WantedStreams {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** Throws 400 BadRequest. */
export function wantedStreams(query: URLSearchParams): WantedStreams {
  const tty = queryFlag(query, 'tty');
  // A terminal has one output.
  const stderr = queryFlag(query, 'stderr') && !tty;
  const wanted = { stdin: queryFlag(query, 'stdin'), stdout: queryFlag(query, 'stdout'), stderr, tty };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return wanted;
}

/** Switches the connection to the protocol that the client asks for. Throws 400 BadRequest when it asks for none. */
export async function openCommandChannels(exchange: Exchange, wanted: WantedStreams): Promise<CommandChannels> {
  const protocol = upgradeProtocol(exchange);
  return protocol === 'websocket' ? webSocketChannels(exchange, wanted) : spdyChannels(exchange, wanted);
}

/** Throws 400 BadRequest. */
export function upgradeProtocol({ request, head }: Exchange): 'websocket' | 'spdy' {
  const protocol = (request.headers.upgrade ?? '').toLowerCase();
  if (head === undefined || protocol === '') throw badRequest('Upgrade request required');
  if (protocol === 'websocket') return 'websocket';
  if (protocol === 'spdy/3.1') return 'spdy';
  throw badRequest(`unable to upgrade to ${JSON.stringify(protocol)}: only websocket and SPDY/3.1 are known`);
}

/** When client and server know no protocol in common. */
export function noCommonProtocol(client: readonly string[], server: readonly string[]): ApiError {
  return new ApiError(
    'Forbidden',
    `unable to negotiate protocol: client supports [${client.join(' ')}], server accepts [${server.join(' ')}]`,
  );
}
