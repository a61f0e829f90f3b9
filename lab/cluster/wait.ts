/** Waiting for a cluster to be as it should, with a reason when it does not get there. */
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../exit-codes.ts';
import { deploymentReference, type Cluster } from './cluster.ts';
import { APP_LABEL, appOf, condition, isConditionTrue, NAMESPACE, type KubeObject } from './objects.ts';

const POLL_MS = 50;

/**
 * Looks again and again until `look` answers something defined. Throws LabError with `reason()` when that takes longer than the
 * limit, and the signal's reason when it aborts. Answers what `look` answered and the time it took.
 */
export async function waitFor<T>(
  what: string,
  limitMs: number,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
  reason: () => Promise<string>,
): Promise<{ value: T; elapsedMs: number }> {
  const startedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const value = await look();
    const elapsedMs = performance.now() - startedAt;
    if (value !== undefined) return { value, elapsedMs };
    if (elapsedMs > limitMs) {
      throw new LabError(`${what}: not within ${Math.round(limitMs / 1000)} s\n${await reason()}`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Waits until every Deployment and StatefulSet of the namespace is rolled out and all its pods are ready. */
export async function waitUntilReady(cluster: Cluster, limitMs: number, signal: AbortSignal): Promise<number> {
  const look = async (): Promise<true | undefined> => {
    const workloads = await listWorkloads(cluster);
    return workloads.length > 0 && workloads.every(isRolledOut) ? true : undefined;
  };
  const { elapsedMs } = await waitFor('the services are not ready', limitMs, signal, look, () => explain(cluster));
  return elapsedMs;
}

/** Waits until the deployment is rolled out and nothing of an older generation is left, terminating pods included. */
export async function waitForRollout(
  cluster: Cluster,
  deployment: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number> {
  const look = async (): Promise<true | undefined> => {
    const workloads = await listWorkloads(cluster);
    const workload = workloads.find((object) => object.metadata.name === deployment);
    if (workload === undefined) throw new LabError(`there is no deployment "${deployment}" in ${NAMESPACE}`);
    if (!isRolledOut(workload)) return undefined;
    const pods = await cluster.pods(deployment);
    return pods.length === (workload.spec.replicas as number) ? true : undefined;
  };
  const what = `deployment ${deployment} is not rolled out`;
  const { elapsedMs } = await waitFor(what, limitMs, signal, look, () => explain(cluster));
  return elapsedMs;
}

/** Waits until every Service of the app names as many ready endpoints as its deployment has replicas. */
export async function waitForEndpoints(
  cluster: Cluster,
  deployment: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number> {
  const look = async (): Promise<true | undefined> => ((await endpointsMatch(cluster, deployment)) ? true : undefined);
  const what = `the endpoints of ${deployment} are not its ready pods`;
  const { elapsedMs } = await waitFor(what, limitMs, signal, look, () => explain(cluster));
  return elapsedMs;
}

/** Whether the EndpointSlices of each Service that selects the app name just its replicas, all ready. */
export async function endpointsMatch(cluster: Cluster, deployment: string): Promise<boolean> {
  const [workload, slices] = await Promise.all([
    cluster.get(deploymentReference(deployment)),
    cluster.list('discovery.k8s.io/v1', 'EndpointSlice', {
      namespace: NAMESPACE,
      labelSelector: `${APP_LABEL}=${deployment}`,
    }),
  ]);
  const byService = Map.groupBy(slices, (slice) => slice.metadata.labels?.['kubernetes.io/service-name']);
  return [...byService.values()].every((ofService) => {
    const endpoints: { conditions?: { ready?: boolean } }[] = ofService.flatMap((slice) => slice['endpoints'] ?? []);
    const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false);
    return ready.length === (workload.spec.replicas ?? 1);
  });
}

async function listWorkloads(cluster: Cluster): Promise<KubeObject[]> {
  const selection = { namespace: NAMESPACE };
  const [deployments, statefulSets] = await Promise.all([
    cluster.list('apps/v1', 'Deployment', selection),
    cluster.list('apps/v1', 'StatefulSet', selection),
  ]);
  return [...deployments, ...statefulSets];
}

function isRolledOut(workload: KubeObject): boolean {
  const { spec, status = {}, metadata } = workload;
  const replicas: number = spec.replicas ?? 1;
  return (
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === replicas &&
    (status.readyReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas
  );
}

/** A line for each pod that is not ready: why, as far as the API tells, with the last lines of a crashed container's log. */
export async function explain(cluster: Cluster): Promise<string> {
  const [pods, warnings] = await Promise.all([cluster.pods(), listWarnings(cluster)]);
  const lines: string[] = [];
  for (const pod of pods.filter((candidate) => !isConditionTrue(candidate, 'Ready'))) {
    const { reason, isWhole } = reasonOf(pod);
    lines.push(`  pod ${pod.metadata.name}: ${reason}`);
    if (!isWhole)
      lines.push(...lastWarning(warnings, (name) => name === pod.metadata.name).map((line) => `      ${line}`));
    lines.push(...(await crashLog(cluster, pod)).map((line) => `      ${line}`));
  }
  const apps = new Set(pods.map(appOf));
  for (const workload of await listWorkloads(cluster)) {
    const replicas: number = workload.spec.replicas ?? 1;
    if (replicas > 0 && !apps.has(appOf(workload))) {
      const { kind, metadata } = workload;
      lines.push(`  ${kind} ${metadata.name}: has no pods`);
      // A quota, or a policy that forbids them: a Deployment's ReplicaSet has a name that begins with its own.
      const maker = (name: string): boolean => name === metadata.name || name.startsWith(`${metadata.name}-`);
      lines.push(...lastWarning(warnings, maker).map((line) => `      ${line}`));
    }
  }
  return lines.length > 0 ? lines.join('\n') : '  all pods are ready, but their controllers have not yet said so';
}

/** The whole reason, or one that an event may explain: a volume that cannot be mounted, a check that fails. */
function reasonOf(pod: KubeObject): { reason: string; isWhole: boolean } {
  if (pod.metadata.deletionTimestamp !== undefined)
    return { reason: `terminating since ${pod.metadata.deletionTimestamp}`, isWhole: false };
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return { reason: `${scheduled.reason}: ${scheduled.message}`, isWhole: true };
  for (const container of pod.status?.containerStatuses ?? []) {
    const waiting: { reason?: string; message?: string } | undefined = container.state?.waiting;
    if (waiting === undefined) continue;
    const isWhole = waiting.message !== undefined;
    return { reason: `${container.name}: ${waiting.reason}${isWhole ? `: ${waiting.message}` : ''}`, isWhole };
  }
  const ready = condition(pod, 'Ready');
  const because = ready?.reason === undefined ? '' : `, ${ready.reason}: ${ready.message ?? ''}`;
  return { reason: `${pod.status?.phase ?? 'unknown phase'}${because}`, isWhole: false };
}

async function listWarnings(cluster: Cluster): Promise<KubeObject[]> {
  return cluster.list('v1', 'Event', { namespace: NAMESPACE, fieldSelector: 'type=Warning' }).catch(() => []);
}

/** The latest one about an object of such a name; empty when there is none. */
function lastWarning(warnings: readonly KubeObject[], isName: (name: string) => boolean): string[] {
  const time = (event: KubeObject): string =>
    event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp ?? '';
  const [last] = warnings
    .filter((event) => isName(event['involvedObject']?.name ?? ''))
    .toSorted((a, b) => time(b).localeCompare(time(a)));
  return last === undefined ? [] : [`${last['reason']}: ${last['message']}`];
}

async function crashLog(cluster: Cluster, pod: KubeObject): Promise<string[]> {
  const statuses: { restartCount: number; state?: { terminated?: unknown } }[] = pod.status?.containerStatuses ?? [];
  const isOver = statuses.some(({ state }) => state?.terminated !== undefined);
  if (!isOver && statuses.every(({ restartCount }) => restartCount === 0)) return [];
  // Of one that has ended and was not started again yet, the log is still the current one.
  const log = await cluster.podLog(pod.metadata.name, { tailLines: 5, previous: !isOver }).catch(() => '');
  return log.split('\n').filter((line) => line !== '');
}
