/** Settings of log-generator; services/README.md lists them. */
import type { Environment } from '../shared/environment.ts';
import { readServiceConfig, type ServiceConfig } from '../shared/service-config.ts';

export interface Config extends ServiceConfig {
  /** Where logs are posted: the processor's address with the path /logs. */
  target: URL;
  /** Requests in flight at most, for each run. */
  concurrency: number;
  /** Off: each log goes over a connection of its own, so that a Service gives each to a pod of its own choice. */
  keepAlive: boolean;
  requestTimeoutMs: number;
  /** Attempts per log, the first one included. */
  attempts: number;
  /** Logs per second that are sent from start to end of the service; 0 for none. */
  continuousRate: number;
}

export function readConfig(environment: Environment): Config {
  return {
    ...readServiceConfig(environment),
    target: new URL('/logs', environment.httpUrl('LOG_PROCESSOR_URL', 'http://log-processor:8080')),
    concurrency: environment.integer('CONCURRENCY', { default: 64, min: 1, max: 10_000 }),
    keepAlive: environment.flag('HTTP_KEEP_ALIVE', true),
    requestTimeoutMs: environment.integer('REQUEST_TIMEOUT_MS', { default: 5000, min: 10, max: 600_000 }),
    attempts: environment.integer('ATTEMPTS', { default: 6, min: 1, max: 100 }),
    continuousRate: environment.number('CONTINUOUS_RATE', { default: 0, min: 0, max: 100_000 }),
  };
}
