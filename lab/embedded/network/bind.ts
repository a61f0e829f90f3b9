/** Finding out whether an address can be bound. */
import { createServer } from 'node:net';

/**
 * Binds the address, gives it up again, and resolves with the port (a free one when 0 was asked for).
 * Rejects with the system's error: EADDRINUSE, EADDRNOTAVAIL, EACCES.
 */
export type Bind = (host: string, port: number) => Promise<number>;

export const probeBind: Bind = (host, port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : port));
    });
  });

/** The code of a system error, such as EADDRINUSE; empty for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
