/** Whether a service is serving or draining, and how it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.ts';
import type { ServiceConfig } from './service-config.ts';

/** Shared by the parts of a service that behave differently while it ends. */
export class Lifecycle {
  readonly #draining = new AbortController();

  get draining(): boolean {
    return this.#draining.signal.aborted;
  }

  /** Aborted when draining begins: what never ends by itself (streams to clients, background work) ends then. */
  get signal(): AbortSignal {
    return this.#draining.signal;
  }

  beginDraining(): void {
    this.#draining.abort();
  }
}

/**
 * Ends a service without losing a request: not ready and `connection: close` at once; after the drain delay no new
 * connections; then requests in progress are answered and whatever the app holds is flushed by its onClose hooks.
 * @returns false when requests were still running after the shutdown time-out and had to be cut off
 */
export async function shutDown(
  app: FastifyInstance,
  lifecycle: Lifecycle,
  config: Pick<ServiceConfig, 'drainDelayMs' | 'shutdownTimeoutMs'>,
): Promise<boolean> {
  lifecycle.beginDraining();
  await sleep(config.drainDelayMs);
  const overdue = new AbortController();
  const finished = app.close().then(() => true);
  const timedOut = sleep(config.shutdownTimeoutMs, false, { signal: overdue.signal }).catch(() => false);
  const complete = await Promise.race([finished, timedOut]);
  overdue.abort();
  if (!complete) app.server.closeAllConnections();
  return complete;
}

/** Ends the process on SIGTERM and SIGINT: exit code 0, or 1 when requests had to be cut off. */
export function exitOnSignal(
  app: FastifyInstance,
  lifecycle: Lifecycle,
  config: Pick<ServiceConfig, 'drainDelayMs' | 'shutdownTimeoutMs'>,
  logger: Logger,
): void {
  const end = async (signal: NodeJS.Signals) => {
    // A second signal changes nothing: Kubernetes sends SIGKILL when its patience ends.
    if (lifecycle.draining) return;
    logger.info('draining', { signal });
    const complete = await shutDown(app, lifecycle, config);
    logger.info('stopped', { complete });
    process.exit(complete ? 0 : 1);
  };
  process.on('SIGTERM', (signal) => void end(signal));
  process.on('SIGINT', (signal) => void end(signal));
}
