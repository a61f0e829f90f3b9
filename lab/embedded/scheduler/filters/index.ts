/** All filters, in the order of kube-scheduler: the first that rejects a node names the reason. */
import type { Filter } from './filter.ts';
import { interPodAffinity } from './inter-pod-affinity.ts';
import { nodeAffinity, nodeUnschedulable, taintToleration } from './node.ts';
import { podTopologySpread } from './pod-topology-spread.ts';
import { nodePorts, nodeResourcesFit } from './resources.ts';
import { volumeBinding, volumeRestrictions } from './volumes.ts';

export const FILTERS: readonly Filter[] = [
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
];
