/** The cluster as one scheduling decision sees it. */
import type { Node } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import type { Stored } from '../api/types.ts';
import { isFinished } from '../controllers/shared/pods.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';
import { parseResources, plus, podRequests } from './resources.ts';
import type { Resources } from './resources.ts';

type StoredNode = Stored<Node>;

export interface NodeInfo {
  node: StoredNode;
  name: string;
  labels: Record<string, string>;
  /** Pods that take up room here: bound ones that have not finished, and those that are about to be bound. */
  pods: StoredPod[];
  /** The sum of what they ask for. */
  requested: Resources;
  allocatable: Resources;
}

export interface Cluster {
  client: ApiClient;
  nodes: NodeInfo[];
}

/** Pods by uid that have been given a node, but wait for their volumes before they can be bound to it. */
export type Reservations = ReadonlyMap<string, string>;

export function observeCluster(client: ApiClient, reservations: Reservations): Cluster {
  const pods = client.list('pods').filter((pod) => !isFinished(pod));
  const nodes = client.list('nodes').map((node) => {
    const { name } = node.metadata;
    return nodeInfo(
      node,
      pods.filter((pod) => (pod.spec?.nodeName || reservations.get(pod.metadata.uid)) === name),
    );
  });
  return { client, nodes };
}

function nodeInfo(node: StoredNode, pods: StoredPod[]): NodeInfo {
  return {
    node,
    name: node.metadata.name,
    labels: node.metadata.labels ?? {},
    pods,
    requested: pods.reduce<Resources>((sum, pod) => plus(sum, podRequests(pod.spec!)), new Map()),
    allocatable: parseResources(node.status?.allocatable),
  };
}
