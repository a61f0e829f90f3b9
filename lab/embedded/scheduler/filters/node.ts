/** Filters on the node itself: cordon, name, taints, labels. */
import { matchesNodeSelector } from '../../controllers/shared/node-selector.ts';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import { tolerates, untolerated } from '../../controllers/shared/tolerations.ts';
import type { NodeInfo } from '../cluster.ts';
import { accept, rejectFinally } from './filter.ts';
import type { Filter } from './filter.ts';

const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable: Filter = {
  name: 'NodeUnschedulable',
  wakesOn: ['node-changed'],
  prepare(pod) {
    if ((pod.spec!.tolerations ?? []).some((toleration) => tolerates(toleration, CORDON))) return accept;
    return ({ node }) => (node.spec?.unschedulable ? rejectFinally('node(s) were unschedulable') : undefined);
  },
};

export const taintToleration: Filter = {
  name: 'TaintToleration',
  wakesOn: ['node-changed'],
  prepare: (pod) => (node) =>
    untoleratedTaint(pod, node) ? rejectFinally('node(s) had untolerated taint(s)') : undefined,
};

export const nodeAffinity: Filter = {
  name: 'NodeAffinity',
  wakesOn: ['node-changed'],
  prepare: (pod) => (node) =>
    matchesNodeAffinity(pod, node) ? undefined : rejectFinally("node(s) didn't match Pod's node affinity/selector"),
};

/** The first taint of the node that keeps the pod out. */
export function untoleratedTaint(pod: StoredPod, { node }: NodeInfo): ReturnType<typeof untolerated> {
  const hard = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return untolerated(hard, pod.spec!.tolerations);
}

/** Whether the node has what spec.nodeSelector and the required node affinity ask for. */
export function matchesNodeAffinity(pod: StoredPod, { node, labels }: NodeInfo): boolean {
  const { nodeSelector = {}, affinity } = pod.spec!;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
    (!required || matchesNodeSelector(required, node))
  );
}
