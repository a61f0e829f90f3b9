/** What the scheduler hears: pods, and events that may make room for those that wait. */
import type { Node } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import type { Stored } from '../api/types.ts';
import { isFinished } from '../controllers/shared/pods.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';
import type { ClusterEvent } from './filters/filter.ts';

export interface Listener {
  pod(pod: StoredPod): void;
  podGone(uid: string): void;
  event(event: ClusterEvent): void;
}

/** Returns the function that ends it. */
export function watchCluster(client: ApiClient, listener: Listener): () => void {
  const stops = [
    watchPods(client, listener),
    watchNodes(client, listener),
    client.watch('persistentvolumeclaims', {}, () => listener.event('volume-changed')),
    client.watch('persistentvolumes', {}, () => listener.event('volume-changed')),
    client.watch('storageclasses', {}, () => listener.event('volume-changed')),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function watchPods(client: ApiClient, listener: Listener): () => void {
  /** Pods that hold room on a node, with what others may want to be near to or away from. */
  const placed = new Map<string, string>();
  return client.watch('pods', {}, ({ type, object: pod }) => {
    const { uid, labels, deletionTimestamp } = pod.metadata;
    if (type === 'DELETED') listener.podGone(uid);
    else listener.pod(pod);
    if (type === 'DELETED' || isFinished(pod)) {
      if (placed.delete(uid)) listener.event('pod-removed');
    } else if (pod.spec?.nodeName) {
      const seen = JSON.stringify([labels, deletionTimestamp]);
      if (placed.get(uid) !== seen) listener.event('pod-placed');
      placed.set(uid, seen);
    }
  });
}

/** Heartbeats are not news. */
function watchNodes(client: ApiClient, listener: Listener): () => void {
  const known = new Map<string, string>();
  return client.watch('nodes', {}, ({ type, object: node }) => {
    const { uid } = node.metadata;
    const seen = relevantState(node);
    if (type !== 'DELETED' && known.get(uid) === seen) return;
    if (type === 'DELETED') known.delete(uid);
    else known.set(uid, seen);
    listener.event('node-changed');
  });
}

function relevantState({ metadata, spec, status }: Stored<Node>): string {
  return JSON.stringify([metadata.labels, spec?.taints, spec?.unschedulable, status?.allocatable]);
}
