/** What a filter is: it says which nodes a pod cannot go to, and why. */
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { Cluster, NodeInfo } from '../cluster.ts';

/** What may happen in the cluster that could make a node acceptable. */
export type ClusterEvent = 'node-changed' | 'pod-removed' | 'pod-placed' | 'volume-changed';

export interface Rejection {
  /** Texts of kube-scheduler: they are counted by node in the pod's FailedScheduling event. */
  reasons: string[];
  /** Not even the removal of pods could help (UnschedulableAndUnresolvable). */
  final: boolean;
}

/** Undefined: no objection. */
export type Check = (node: NodeInfo) => Rejection | undefined;

export interface Filter {
  /** Name of the plugin of kube-scheduler that does the same. */
  name: string;
  /** After which events a pod that this filter rejected is worth another try. */
  wakesOn: readonly ClusterEvent[];
  /** Computes what is the same for all nodes. Throws Unschedulable when no node can be right. */
  prepare(pod: StoredPod, cluster: Cluster): Check;
}

/** Something about the pod itself keeps it from every node. */
export class Unschedulable extends Error {
  override readonly name = 'Unschedulable';
}

export const accept: Check = () => undefined;

export function reject(...reasons: string[]): Rejection {
  return { reasons, final: false };
}

export function rejectFinally(...reasons: string[]): Rejection {
  return { reasons, final: true };
}
