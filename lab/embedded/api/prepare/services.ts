/** Addresses and ports of Services: kept over updates, given out where they are missing. The objects are changed. */
import { isIPv4 } from 'node:net';
import type { KubeObject } from '../types.ts';
import type { Context } from './context.ts';

export function prepareServiceCreate(service: KubeObject, context: Context): void {
  normalizeAddresses(service.spec);
  allocate(service, undefined, context);
}

/** An update that leaves out what was given out gets it back, so that a manifest can be applied over and over. */
export function prepareServiceUpdate(service: KubeObject, current: KubeObject, context: Context): void {
  const { spec } = service;
  normalizeAddresses(spec);
  if (spec.type === 'ExternalName') dropAddresses(spec, current.spec);
  else if (!spec.clusterIP && current.spec.clusterIP && current.spec.type !== 'ExternalName') {
    spec.clusterIP = current.spec.clusterIP;
    spec.clusterIPs = current.spec.clusterIPs;
  }
  if (hasNodePorts(spec)) keepNodePorts(spec, current.spec);
  else dropNodePorts(spec, current.spec);
  if (spec.type !== 'LoadBalancer' && current.spec.type === 'LoadBalancer') service.status = { loadBalancer: {} };
  if (spec.externalName && spec.type !== 'ExternalName') {
    context.warn('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  allocate(service, current, context);
}

/** The single address and the first of the list say the same. */
function normalizeAddresses(spec: any): void {
  if (spec.clusterIP && !spec.clusterIPs) spec.clusterIPs = [spec.clusterIP];
  else if (!spec.clusterIP && spec.clusterIPs) spec.clusterIP = spec.clusterIPs[0];
  if (spec.clusterIP === '') delete spec.clusterIP;
}

function hasNodePorts(spec: any): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function allocate(service: KubeObject, current: KubeObject | undefined, { addresses, ports }: Context): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  if (!spec.clusterIP) {
    spec.clusterIP = addresses.next(service);
    spec.clusterIPs = [spec.clusterIP];
  } else if (spec.clusterIP !== 'None' && !(current?.spec.clusterIPs ?? []).includes(spec.clusterIP)) {
    // A changed address is refused by validation; only one for a Service that had none is taken here.
    if (!current?.spec.clusterIP && isIPv4(spec.clusterIP)) addresses.claim(service, spec.clusterIP);
  }
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (hasNodePorts(spec)) ports.assign(service);
}

function dropAddresses(spec: any, before: any): void {
  if (spec.clusterIP === before.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  for (const field of ['ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) delete spec[field];
}

function keepNodePorts(spec: any, before: any): void {
  for (const port of spec.ports ?? []) {
    const same = (before.ports ?? []).find((old: any) => old.port === port.port && old.protocol === port.protocol);
    if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
  }
}

/** A Service that is no longer reached from outside loses what belonged to that, unless the update sets it anew. */
function dropNodePorts(spec: any, before: any): void {
  const old = new Set((before.ports ?? []).map((port: any) => port.nodePort));
  for (const port of spec.ports ?? []) if (old.has(port.nodePort)) delete port.nodePort;
  if (spec.type === 'LoadBalancer') return;
  for (const field of ['externalTrafficPolicy', 'allocateLoadBalancerNodePorts']) {
    if (spec.type !== 'NodePort' && spec[field] === before[field]) delete spec[field];
  }
}
