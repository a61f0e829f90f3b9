/** Defaults of Services and what belongs to them. The objects given are changed. */
import type { KubeObject } from '../types.ts';

const AFFINITY_SECONDS = 10_800;

export function defaultService({ spec, status }: KubeObject): void {
  for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  spec.type ||= 'ClusterIP';
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {};
    spec.sessionAffinityConfig.clientIP ??= {};
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= AFFINITY_SECONDS;
  } else delete spec.sessionAffinityConfig;
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    // A Service without addresses of its own translates no ports.
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (spec.type === 'ExternalName') return;
  spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

export function defaultEndpointSlice(slice: KubeObject): void {
  slice['endpoints'] ??= [];
  slice['ports'] ??= [];
  for (const endpoint of slice['endpoints']) endpoint.conditions ??= {};
  for (const port of slice['ports']) {
    port.name ??= '';
    port.protocol ||= 'TCP';
  }
}

export function defaultNetworkPolicy({ spec }: KubeObject): void {
  spec.podSelector ??= {};
  spec.policyTypes ??= ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of rule.ports ?? []) port.protocol ||= 'TCP';
  }
}

export function defaultIngressClass({ spec }: KubeObject): void {
  if (spec.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
}
