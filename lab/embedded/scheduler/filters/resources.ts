/** Filters on what is left on a node: host ports, CPU, memory, room for one more pod. */
import type { ContainerPort } from 'kubernetes-types/core/v1.js';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { NodeInfo } from '../cluster.ts';
import { podRequests } from '../resources.ts';
import type { Resources } from '../resources.ts';
import { accept, reject } from './filter.ts';
import type { Filter, Rejection } from './filter.ts';

export const nodePorts: Filter = {
  name: 'NodePorts',
  wakesOn: ['node-changed', 'pod-removed'],
  prepare(pod) {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return accept;
    return ({ pods }) => {
      const taken = pods.flatMap(hostPorts);
      const conflict = wanted.some((port) => taken.some((other) => isSamePort(port, other)));
      return conflict ? reject("node(s) didn't have free ports for the requested pod ports") : undefined;
    };
  },
};

export const nodeResourcesFit: Filter = {
  name: 'NodeResourcesFit',
  wakesOn: ['node-changed', 'pod-removed'],
  prepare(pod) {
    const requests = podRequests(pod.spec!);
    return (node) => insufficiency(requests, node);
  },
};

function insufficiency(requests: Resources, { pods, requested, allocatable }: NodeInfo): Rejection | undefined {
  const reasons: string[] = [];
  let final = false;
  if (pods.length + 1 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const [name, amount] of requests) {
    const total = allocatable.get(name) ?? 0;
    if (amount === 0 || amount <= total - (requested.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    // More than the node has when it is empty.
    final ||= amount > total;
  }
  return reasons.length > 0 ? { reasons, final } : undefined;
}

function hostPorts(pod: StoredPod): ContainerPort[] {
  const { containers, initContainers = [] } = pod.spec!;
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...sidecars].flatMap(({ ports = [] }) => ports).filter(({ hostPort }) => hostPort);
}

function isSamePort(a: ContainerPort, b: ContainerPort): boolean {
  return (
    a.hostPort === b.hostPort &&
    (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP') &&
    (isAnyAddress(a.hostIP) || isAnyAddress(b.hostIP) || a.hostIP === b.hostIP)
  );
}

function isAnyAddress(ip: string | undefined): boolean {
  return !ip || ip === '0.0.0.0';
}
