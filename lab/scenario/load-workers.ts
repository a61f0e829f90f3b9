/** The pods that make a phase's loads from inside the cluster. */
import type { Cluster } from '../cluster/cluster.ts';
import { NAMESPACE, RUN_LABEL } from '../cluster/objects.ts';
import { imageName, LOAD_WORKER, nameInRegistry } from '../images/names.ts';
import { startWorkers, type LoadWorkers } from '../load/in-cluster/workers.ts';
import type { Provider } from '../providers/provider.ts';
import type { PlannedPhase } from './load-scenario.ts';
import type { PlannedLoad } from './plan-load.ts';

interface WorkerRun {
  cluster: Cluster;
  provider: Provider;
  hash: string;
  signal: AbortSignal;
  progress: { note: (message: string) => void };
}

/** Where the end of a load depends on what is measured. */
const LONGEST_SECONDS = 3600;
const MARGIN_SECONDS = 300;

/**
 * For each load of the phase its workers, ready to begin; undefined for those that are made from here. Throws with none
 * left behind.
 */
export async function startPhaseWorkers(
  run: WorkerRun,
  phase: PlannedPhase,
  firstLoadIndex: number,
): Promise<(LoadWorkers | undefined)[]> {
  if (phase.loads.every(({ workers }) => workers === undefined)) return phase.loads.map(() => undefined);
  const access = await run.provider.find();
  const own = imageName(LOAD_WORKER);
  const image = access?.registry === undefined ? own : nameInRegistry(own, access.registry);
  const started: (LoadWorkers | undefined)[] = [];
  try {
    for (const [index, load] of phase.loads.entries()) {
      const { workers } = load;
      if (workers === undefined) started.push(undefined);
      else {
        const name = `load-${run.hash}-${firstLoadIndex + index}`;
        const labels = await runLabel(run.cluster, load);
        const options = { name, image, workers, labels, deadlineSeconds: deadlineSeconds(load, phase) };
        started.push(await startWorkers(run.cluster, options, run.signal));
        run.progress.note(`${load.name} from the cluster (workers: ${workers})`);
      }
    }
  } catch (error) {
    for (const crew of started) await crew?.close();
    throw error;
  }
  return started;
}

/** That of the lab:up which the target belongs to, so that lab:down finds what a run has left behind. */
async function runLabel(cluster: Cluster, { target }: PlannedLoad): Promise<Record<string, string>> {
  const name = target.slice('service/'.length);
  const service = await cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name });
  const run = service.metadata.labels?.[RUN_LABEL];
  return run === undefined ? {} : { [RUN_LABEL]: run };
}

function deadlineSeconds({ durationMs, timeoutMs }: PlannedLoad, phase: PlannedPhase): number {
  if (durationMs === undefined) return LONGEST_SECONDS;
  return (Math.max(durationMs, phase.durationMs) + timeoutMs) / 1000 + MARGIN_SECONDS;
}
