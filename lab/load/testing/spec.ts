/** Descriptions of loads for tests. */
import type { LoadProgress, LoadResult, LoadSpec, Operation } from '../load.ts';
import { runLoad } from '../drivers.ts';
import { logId } from '../log-id.ts';
import { epochMs } from './server.ts';

/** A load of logs to a port of this machine, on a clock that begins now. */
export function loadSpec(
  driver: LoadSpec['driver'],
  port: number,
  rest: Partial<LoadSpec> & ({ requests: number } | { durationMs: number }),
): LoadSpec {
  return {
    name: 'calibration',
    index: 3,
    driver,
    host: '127.0.0.1',
    port,
    hostHeader: 'log-processor',
    method: 'POST',
    path: '/logs',
    body: 'log',
    keepAlive: true,
    connections: 8,
    ratePerSecond: 1000,
    timeoutMs: 5000,
    maxInFlight: 1000,
    seed: 42,
    runHash: '0123456789ab',
    runOriginMs: epochMs(),
    ...rest,
  };
}

/** A load's record with its operations as a list. */
export interface RecordedLoad extends Omit<LoadResult, 'operations'> {
  operations: Operation[];
}

/** Runs a load that nobody watches or, if no signal is given, aborts. */
export async function run(
  spec: LoadSpec,
  onProgress: (progress: LoadProgress) => void = () => {},
  signal = new AbortController().signal,
): Promise<RecordedLoad> {
  const result = await runLoad(spec, signal, onProgress);
  return { ...result, operations: [...result.operations] };
}

export function idOf(spec: LoadSpec, { seq }: Operation): string {
  return logId(spec.runHash, spec.index, seq);
}

/** How many operations ended in which way: `ok 201`, `fail ECONNREFUSED`, ... */
export function countEndings(operations: Operation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, status, error } of operations) {
    const ending = `${outcome} ${error || status}`;
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return counts;
}
