/** Takes the system under test off a cluster that stays. */
import type { Cluster } from './cluster.ts';
import { NAMESPACE } from './objects.ts';

/** Workloads first, so that nothing is made again. Claims and the database's Secret belong to the data. */
const KINDS: readonly [apiVersion: string, kind: string][] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['v1', 'Service'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
];

/**
 * Removes what the manifests made, by its label, and only that; with deleteData the whole namespace. False when there was
 * nothing to remove.
 */
export async function undeploy(cluster: Cluster, deleteData: boolean): Promise<boolean> {
  if (deleteData) return cluster.remove({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE });
  let removed = false;
  for (const [apiVersion, kind] of KINDS) {
    const selection = { namespace: NAMESPACE, labelSelector: 'app.kubernetes.io/part-of=log-lab' };
    for (const { metadata } of await cluster.list(apiVersion, kind, selection)) {
      const reference = { apiVersion, kind, namespace: NAMESPACE, name: metadata.name };
      removed = (await cluster.remove(reference)) || removed;
    }
  }
  return removed;
}
