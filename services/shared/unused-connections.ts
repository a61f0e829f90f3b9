/** Connections that were opened but never used: a server that closes would wait for them, and Node does not count them as idle. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A request may be on its way on a connection that was opened just now. */
const GRACE_MS = 250;

export function addClosingOfUnusedConnections(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket));
  app.addHook('preClose', (done) => {
    setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, GRACE_MS).unref();
    done();
  });
}
