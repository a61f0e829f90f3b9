/** A load as a scenario gives it, with its defaults filled in. */
import { durationMs, fixedDurationMs } from './duration.ts';
import type { LoadSection } from './schema.ts';

export interface PlannedLoad {
  name: string;
  target: string;
  /** Pods that share the load; undefined when it is made from here. */
  workers: number | undefined;
  path: string;
  method: 'GET' | 'POST';
  driver: 'autocannon' | 'constant-rate';
  ratePerSecond: number | undefined;
  connections: number;
  keepAlive: boolean;
  requests: number | undefined;
  durationMs: number | undefined;
  timeoutMs: number;
  maxInFlight: number;
}

const DEFAULT_TIMEOUT = '2s';

/** The target's last part, where no name is given. */
export function loadName({ name, target }: LoadSection): string {
  return name ?? target.split('/').at(-1)!;
}

/** Path: the ingress's own, `/logs` for a Service. Method: POST for logs, else GET. */
export function defaultLoad(load: LoadSection, detectionSeconds: number): PlannedLoad {
  const [kind, ...rest] = load.target.split('/');
  const path = load.path ?? (kind === 'ingress' ? `/${rest.join('/')}` : '/logs');
  return {
    name: loadName(load),
    target: load.target,
    workers: load.workers,
    path,
    method: load.method ?? (path === '/logs' ? 'POST' : 'GET'),
    driver: load.driver,
    ratePerSecond: load.rate,
    connections: load.connections ?? 50,
    keepAlive: load.keepAlive,
    requests: load.requests,
    durationMs: load.duration === undefined ? undefined : durationMs(load.duration, detectionSeconds),
    timeoutMs: fixedDurationMs(load.timeout ?? DEFAULT_TIMEOUT),
    maxInFlight: load.maxInFlight ?? 1000,
  };
}
