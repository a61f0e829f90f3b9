/** The settings that every service has. */
import { hostname } from 'node:os';
import type { Environment } from './environment.ts';

/** Who answers: the names go into the headers x-pod and x-node of every response. */
export interface Identity {
  pod: string;
  node: string;
}

export interface ServiceConfig {
  host: string;
  port: number;
  identity: Identity;
  /** How long to keep serving after a signal, so that the Service can stop sending connections here first. */
  drainDelayMs: number;
  /** How long requests in progress may take after that. */
  shutdownTimeoutMs: number;
  /** Whether the pod takes faults at POST /lab/faults. */
  faults: boolean;
}

export function readServiceConfig(environment: Environment): ServiceConfig {
  return {
    host: environment.text('HOST', '0.0.0.0'),
    port: environment.integer('PORT', { default: 8080, min: 0, max: 65_535 }),
    identity: {
      pod: environment.token('POD_NAME', hostname()),
      node: environment.token('NODE_NAME', hostname()),
    },
    drainDelayMs: environment.integer('DRAIN_DELAY_MS', { default: 500, min: 0, max: 60_000 }),
    shutdownTimeoutMs: environment.integer('SHUTDOWN_TIMEOUT_MS', { default: 10_000, min: 100, max: 600_000 }),
    faults: environment.flag('LAB_FAULTS', false),
  };
}
