/** The state of the system under test that a scenario asks for, and the way back to what was. */
import type { Cluster } from '../cluster/cluster.ts';
import { setEnvironment } from '../cluster/environment-variables.ts';
import { NAMESPACE } from '../cluster/objects.ts';
import { waitForEndpoints, waitForRollout } from '../cluster/wait.ts';
import type { ServicePatch } from './schema.ts';
import type { Undo } from './undo.ts';

/** Replicas and variables by deployment, changes of Services by their names. */
export interface Setup {
  scale: Record<string, number>;
  env: Record<string, Record<string, string>>;
  service: Record<string, ServicePatch>;
}

const ROLLOUT_LIMIT_MS = 120_000;

/**
 * Scales and configures, and waits until every deployment touched is rolled out and its Services name the new pods. Each
 * step's way back is pushed onto `undo` before the next is taken, so that a failure half way leaves nothing behind.
 */
export async function applySetup(cluster: Cluster, setup: Setup, undo: Undo[], signal: AbortSignal): Promise<void> {
  for (const [service, change] of Object.entries(setup.service)) undo.push(await setService(cluster, service, change));
  for (const [deployment, variables] of Object.entries(setup.env))
    undo.push(await setEnvironment(cluster, deployment, variables));
  for (const [deployment, replicas] of Object.entries(setup.scale))
    undo.push(await setReplicas(cluster, deployment, replicas));
  const touched = new Set([...Object.keys(setup.env), ...Object.keys(setup.scale)]);
  for (const deployment of touched) {
    await waitForRollout(cluster, deployment, ROLLOUT_LIMIT_MS, signal);
    await waitForEndpoints(cluster, deployment, ROLLOUT_LIMIT_MS, signal);
  }
}

/** Answers the way back. */
async function setReplicas(cluster: Cluster, deployment: string, replicas: number): Promise<Undo> {
  const before = await cluster.scale(deployment, replicas);
  return async () => void (await cluster.scale(deployment, before));
}

/** Answers the way back. */
async function setService(cluster: Cluster, name: string, change: ServicePatch): Promise<Undo> {
  const reference = { apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name };
  const { spec } = await cluster.get(reference);
  await cluster.patch(reference, { spec: change });
  // A field that was not there is removed by null; affinity None forbids a configuration.
  const { sessionAffinity = 'None', sessionAffinityConfig = null } = spec as Partial<ServicePatch>;
  return async () => void (await cluster.patch(reference, { spec: { sessionAffinity, sessionAffinityConfig } }));
}
