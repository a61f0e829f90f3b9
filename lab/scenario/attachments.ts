/** What a run leaves beside its record: the manifests as they were applied, versions, and the pods' logs. */
import { stringify } from 'yaml';
import type { Cluster } from '../cluster/cluster.ts';
import { NAMESPACE, type KubeObject } from '../cluster/objects.ts';

/** File names within the report's `cluster/`, and their contents. */
export type Attachments = Map<string, string>;

/** Secrets are left out. */
const KINDS = [
  ['v1', 'Service'],
  ['v1', 'PersistentVolumeClaim'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy/v1', 'PodDisruptionBudget'],
] as const;

const LOG_LINES = 2000;

/** The objects as the API server completed them, the scenario's setup included, and what the cluster is made of. */
export async function describeCluster(cluster: Cluster): Promise<Attachments> {
  const lists = await Promise.all(
    KINDS.map(([apiVersion, kind]) => cluster.list(apiVersion, kind, { namespace: NAMESPACE })),
  );
  const [version, nodes] = await Promise.all([cluster.version(), cluster.list('v1', 'Node')]);
  return new Map([
    ['manifests.yaml', lists.flat().map(asManifest).join('---\n')],
    ['versions.yaml', stringify({ kubernetes: version, images: imagesOf(lists.flat()), nodes: nodes.map(nodeInfo) })],
  ]);
}

/** One file for each container process whose log the cluster still has. */
export async function podLogs(cluster: Cluster): Promise<Attachments> {
  const logs: Attachments = new Map();
  const read = async (name: string, previous: boolean): Promise<void> => {
    // A pod may go, and an earlier process's log with it, while we ask.
    const text = await cluster.podLog(name, { tailLines: LOG_LINES, previous }).catch(() => undefined);
    if (text !== undefined) logs.set(`logs/${name}${previous ? '.previous' : ''}.log`, text);
  };
  for (const pod of await cluster.pods()) {
    await read(pod.metadata.name, false);
    const statuses: { restartCount: number }[] = pod.status?.containerStatuses ?? [];
    if (statuses.some(({ restartCount }) => restartCount > 0)) await read(pod.metadata.name, true);
  }
  return logs;
}

function asManifest({ apiVersion, kind, metadata, spec }: KubeObject): string {
  const { name, namespace, labels, annotations, generation } = metadata;
  return stringify({ apiVersion, kind, metadata: { name, namespace, labels, annotations, generation }, spec });
}

function imagesOf(objects: KubeObject[]): string[] {
  const containers: { image: string }[] = objects.flatMap((object) => object.spec?.template?.spec?.containers ?? []);
  return [...new Set(containers.map(({ image }) => image))].toSorted();
}

function nodeInfo(node: KubeObject): object {
  return { name: node.metadata.name, ...node.status?.nodeInfo };
}
