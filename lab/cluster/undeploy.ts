/** Takes the system under test off a cluster that stays. */
import type { Cluster } from './cluster.ts';
import { NAMESPACE, PART_OF_LAB, RUN_LABEL, type ObjectReference } from './objects.ts';
import { waitFor } from './wait.ts';

type Kind = readonly [apiVersion: string, kind: string];

/** Workloads first, so that nothing is made again. */
const KINDS: readonly Kind[] = [
  ['batch/v1', 'Job'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['v1', 'Service'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
];

/** The database's volume, which its StatefulSet has labelled, and the password that is of no use for another one. */
const DATA: readonly Kind[] = [
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Secret'],
];

/** Pods on a node that is away go only when it is back or forgotten. */
const GONE_LIMIT_MS = 120_000;

const PART_OF = Object.entries(PART_OF_LAB)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

/**
 * Removes what the lab has made, by its labels, and only that; with deleteData also what it has stored, and the namespace if
 * the lab has made that too. False when there was nothing to remove.
 */
export async function undeploy(cluster: Cluster, deleteData: boolean): Promise<boolean> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE };
  const found = await cluster.find(namespace);
  if (found === undefined) return false;
  let removed = await removeAll(cluster, KINDS, RUN_LABEL);
  if (deleteData) {
    removed = (await removeAll(cluster, DATA, PART_OF)) || removed;
    if (found.metadata.labels?.[RUN_LABEL] !== undefined) {
      removed = (await cluster.remove(namespace)) || removed;
      await untilGone(cluster, namespace);
    }
  }
  return removed;
}

/** Until then nothing can be created in a namespace of that name. */
async function untilGone(cluster: Cluster, namespace: ObjectReference): Promise<void> {
  const look = async (): Promise<true | undefined> =>
    (await cluster.find(namespace)) === undefined ? true : undefined;
  const what = `the namespace ${NAMESPACE} is not gone`;
  const reason = async (): Promise<string> =>
    (await cluster.find(namespace))?.status?.conditions
      ?.map(({ message }: { message: string }) => message)
      .join('\n') ?? '';
  await waitFor(what, GONE_LIMIT_MS, new AbortController().signal, look, reason);
}

async function removeAll(cluster: Cluster, kinds: readonly Kind[], labelSelector: string): Promise<boolean> {
  let removed = false;
  for (const [apiVersion, kind] of kinds) {
    for (const { metadata } of await cluster.list(apiVersion, kind, { namespace: NAMESPACE, labelSelector })) {
      const reference = { apiVersion, kind, namespace: NAMESPACE, name: metadata.name };
      removed = (await cluster.remove(reference)) || removed;
    }
  }
  return removed;
}
