/** tcpSocket of probes and hooks: a connection that opens is a success. */
import { connect } from 'node:net';
import type { TCPSocketAction } from 'kubernetes-types/core/v1.js';
import { describe } from './http-get.ts';
import { failure, SUCCESS, type Outcome } from './outcome.ts';
import { portNumber, type ProbeTarget } from './target.ts';

export async function tcpSocket(action: TCPSocketAction, target: ProbeTarget, timeoutMs: number): Promise<Outcome> {
  const port = portNumber(action.port, target.container);
  const host = action.host || target.podIP;
  const address = `${host}:${port}`;
  return new Promise((resolve) => {
    const socket = connect(target.resolve(host, port));
    const settle = (outcome: Outcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeoutMs, () => settle(failure(`dial tcp ${address}: i/o timeout`)));
    socket.on('connect', () => settle(SUCCESS));
    socket.on('error', (error) => settle(failure(describe(error, address))));
  });
}
