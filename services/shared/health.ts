/** Probes of Kubernetes: /livez tells that the process works, /readyz that it may receive requests. */
import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from './lifecycle.ts';
import { unavailable } from './problem.ts';

/** Resolves to what the service is waiting for, or to null when it can serve. */
export type ReadinessCheck = () => Promise<string | null>;

export function addHealth(app: FastifyInstance, lifecycle: Lifecycle, check: ReadinessCheck): void {
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    const waitingFor = lifecycle.draining ? 'The service is shutting down.' : await check();
    if (waitingFor !== null) throw unavailable('not-ready', 'The service is not ready', waitingFor);
    return { status: 'ok' };
  });
}
