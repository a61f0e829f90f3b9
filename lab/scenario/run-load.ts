/** One load of a phase: from what the scenario says to what the driver is asked for, and its record. */
import type { LoadHistory } from '../history/history.ts';
import { runLoad } from '../load/drivers.ts';
import type { LoadWorkers } from '../load/in-cluster/workers.ts';
import type { LoadProgress, LoadSpec } from '../load/load.ts';
import type { RunClock } from './clock.ts';
import type { PlannedLoad } from './plan-load.ts';
import type { Targets } from './targets.ts';

interface LoadRun {
  targets: Targets;
  clock: RunClock;
  seed: number;
  hash: string;
  signal: AbortSignal;
  progress: { load: (name: string, progress: LoadProgress) => void };
}

/** `index` is the load's number within the run; without `workers` it is run from here. */
export async function runPlannedLoad(
  run: LoadRun,
  load: PlannedLoad,
  index: number,
  workers: LoadWorkers | undefined,
): Promise<LoadHistory> {
  const target = await (workers ? run.targets.resolveForPods(load.target) : run.targets.resolve(load.target));
  const spec = toSpec(run, load, index, target);
  const onProgress = (progress: LoadProgress): void => run.progress.load(load.name, progress);
  const result = await (workers ? workers.run(spec, run.signal, onProgress) : runLoad(spec, run.signal, onProgress));
  return { spec, target: load.target, app: target.app, balancing: target.balancing, ...result };
}

function toSpec(
  run: LoadRun,
  load: PlannedLoad,
  index: number,
  target: { host: string; port: number; hostHeader: string },
): LoadSpec {
  return {
    name: load.name,
    index,
    driver: load.driver,
    host: target.host,
    port: target.port,
    hostHeader: target.hostHeader,
    method: load.method,
    path: load.path,
    body: load.method === 'POST' ? 'log' : 'none',
    keepAlive: load.keepAlive,
    connections: load.connections,
    ratePerSecond: load.ratePerSecond,
    durationMs: load.durationMs,
    requests: load.requests,
    timeoutMs: load.timeoutMs,
    maxInFlight: load.maxInFlight,
    seed: run.seed + index,
    runHash: run.hash,
    runOriginMs: run.clock.originMs,
  };
}
