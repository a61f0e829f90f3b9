/** One load for several workers: who sends what, and under which numbers. Pure. */
import type { LoadSpec } from '../load.ts';

/**
 * What each worker is asked for. Connections, requests and requests in flight are divided, the first workers taking the
 * remainder. At a constant rate all arrivals are counted out, so that worker k of N has those with the numbers k, k + N,
 * k + 2N, ...: see startDelayMs. Throws RangeError when there is not enough for each to have something.
 */
export function divideLoad(spec: LoadSpec, count: number): LoadSpec[] {
  const requests = requestsOf(spec);
  const scarce = spec.driver === 'autocannon' || spec.keepAlive ? spec.connections : Infinity;
  if (count > Math.min(requests ?? Infinity, scarce)) {
    throw new RangeError(`load ${spec.name}: ${count} workers are more than its requests or connections`);
  }
  return Array.from({ length: count }, (_, index) => ({
    ...spec,
    worker: { index, count },
    connections: Math.max(1, share(spec.connections, index, count)),
    maxInFlight: Math.max(1, share(spec.maxInFlight, index, count)),
    ...(spec.ratePerSecond !== undefined && { ratePerSecond: spec.ratePerSecond / count }),
    ...(requests !== undefined && { requests: share(requests, index, count), durationMs: undefined }),
  }));
}

/** How much later than the first a worker's first arrival is due, so that together they keep the load's rate. */
export function startDelayMs({ ratePerSecond }: LoadSpec, index: number): number {
  return ratePerSecond === undefined ? 0 : (index * 1000) / ratePerSecond;
}

/**
 * Number of a worker's own nth request or connection among those of all workers: k, k + N, k + 2N, ... No two have the
 * same, whatever becomes of the others.
 */
export function sharedNumber({ worker }: Pick<LoadSpec, 'worker'>, own: number): number {
  return worker === undefined ? own : worker.index + own * worker.count;
}

/** Undefined where the time decides. */
function requestsOf({ driver, requests, durationMs, ratePerSecond }: LoadSpec): number | undefined {
  if (requests !== undefined || driver === 'autocannon') return requests;
  return Math.max(1, Math.round((durationMs! * ratePerSecond!) / 1000));
}

function share(total: number, index: number, count: number): number {
  return Math.ceil((total - index) / count);
}
