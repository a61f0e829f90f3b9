/** Listening at the first address that allows it. */
import type { Server } from 'node:net';
import type { SocketAddress } from '../network.ts';

/** Longer than bursts of new connections: a full backlog makes clients wait a second for their next SYN. */
const BACKLOG = 4096;

/** Resolves with the address it listens on; rejects with the last candidate's error when none can be bound. */
export async function listenAtFirst(server: Server, candidates: readonly SocketAddress[]): Promise<SocketAddress> {
  let failure: unknown;
  for (const candidate of candidates) {
    try {
      return await listenAt(server, candidate);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export function listenAt(server: Server, { host, port }: SocketAddress): Promise<SocketAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? { host, port: address.port } : { host, port });
    });
  });
}
