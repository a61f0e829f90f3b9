/** The process of the data plane: owns every proxy, so that traffic never waits for the API and the API never for traffic. */
import { DataPlane } from './plane.ts';
import type { Reply, Request } from './protocol.ts';

const plane = new DataPlane();
let last: Promise<void> = Promise.resolve();

process.on('message', (request: Request) => {
  last = last.then(() => handle(request));
});
// The control side has ended, by whatever cause: nobody would ever stop this process.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the control side decides when traffic ends.
process.on('SIGINT', () => {});

async function handle(request: Request): Promise<void> {
  if (request.type === 'apply') await plane.apply(request.config);
  const reply: Reply = { id: request.id, status: plane.status() };
  process.send?.(reply);
}
