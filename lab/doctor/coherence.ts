/** Whether provision/cluster.yaml agrees with itself, beyond its schema. Pure. */
import type { ClusterFile } from '../providers/cluster-file.ts';
import { contains, overlaps, parseRange } from './ipv4.ts';

/** A sentence for each contradiction; empty when there is none. */
export function contradictions(file: ClusterFile): string[] {
  return [...addresses(file), ...versions(file), ...boxes(file)];
}

function addresses({ network, nodes }: ClusterFile): string[] {
  const lan = parseRange(network.hostOnlyCidr);
  const pool = parseRange(network.loadBalancerRange);
  const problems: string[] = [];
  const pairs = [
    ['podCidr', 'hostOnlyCidr'],
    ['serviceCidr', 'hostOnlyCidr'],
    ['podCidr', 'serviceCidr'],
  ] as const;
  for (const [one, other] of pairs) {
    if (overlaps(parseRange(network[one]), parseRange(network[other]))) problems.push(`${one} overlaps ${other}`);
  }
  if (!contains(lan, pool)) problems.push('loadBalancerRange is not inside hostOnlyCidr');
  if (!contains(pool, parseRange(network.ingressAddress))) problems.push('ingressAddress is not in loadBalancerRange');
  for (const { name, address } of nodes) {
    const own = parseRange(address);
    if (!contains(lan, own)) problems.push(`${name}'s address is not inside hostOnlyCidr`);
    if (contains(pool, own)) problems.push(`${name}'s address is in loadBalancerRange`);
  }
  if (new Set(nodes.map(({ address }) => address)).size < nodes.length) problems.push('two nodes have one address');
  return problems;
}

/** Every component must be tested by its makers with the minor version that is installed. */
function versions(file: ClusterFile): string[] {
  const minor = Number(file.kubernetesVersion.split('.')[1]);
  return Object.entries(file.components).flatMap(([name, { version, kubernetes }]) => {
    if (kubernetes === undefined) return [];
    const [from, to] = [kubernetes.from, kubernetes.to].map((text) => Number(text.split('.')[1]));
    const tested = minor >= from! && minor <= to!;
    return tested ? [] : [`${name} ${version} is tested with Kubernetes ${kubernetes.from} to ${kubernetes.to} only`];
  });
}

function boxes(file: ClusterFile): string[] {
  return ['virtualbox', 'libvirt']
    .filter((provider) => !file.boxes.some((box) => box.providers.includes(provider)))
    .map((provider) => `no box is for ${provider}`);
}
