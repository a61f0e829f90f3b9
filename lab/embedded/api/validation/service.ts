/** Rules for Services (pkg/apis/core/validation of Kubernetes). */
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import { validateLabels } from './metadata.ts';
import { check, cidr, dnsLabel, dnsSubdomain, ipAddress } from './names.ts';
import { checkOneOf, checkPort, checkPortReference } from './numbers.ts';
import type { Problems } from './problems.ts';

export function validateService({ spec }: KubeObject, problems: Problems): void {
  validateType(spec, problems);
  validatePorts(spec, problems);
  validateLabels(spec.selector, 'spec.selector', problems);
  checkOneOf(problems, 'spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']);
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    check(problems, `spec.externalIPs[${index}]`, address, ipAddress);
  }
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    check(problems, `spec.LoadBalancerSourceRanges[${index}]`, range, cidr);
  }
  validatePolicies(spec, problems);
  for (const [index, address] of (spec.clusterIPs ?? []).entries()) {
    if (address !== 'None') check(problems, `spec.clusterIPs[${index}]`, address, ipAddress);
  }
}

function validateType({ type, clusterIP, externalName }: any, problems: Problems): void {
  checkOneOf(problems, 'spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
  if (clusterIP === 'None' && (type === 'NodePort' || type === 'LoadBalancer')) {
    problems.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type !== 'ExternalName') return;
  if (clusterIP) problems.forbidden('spec.clusterIPs[0]', "may not be set when `type` is 'ExternalName'");
  if (externalName) check(problems, 'spec.externalName', externalName.replace(/\.$/, ''), dnsSubdomain);
  else problems.required('spec.externalName');
}

function validatePolicies({ type, externalTrafficPolicy, internalTrafficPolicy }: any, problems: Problems): void {
  if (type === 'NodePort' || type === 'LoadBalancer') {
    checkOneOf(problems, 'spec.externalTrafficPolicy', externalTrafficPolicy, ['Cluster', 'Local']);
  } else if (externalTrafficPolicy) {
    const detail = 'may only be set for externally-accessible services';
    problems.invalid('spec.externalTrafficPolicy', externalTrafficPolicy, detail);
  }
  checkOneOf(problems, 'spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']);
}

function validatePorts({ type, clusterIP, ports = [] }: any, problems: Problems): void {
  if (ports.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') problems.required('spec.ports');
  const names = new Set<string>();
  const seen = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    validatePortName(port.name ?? '', ports.length > 1, `${field}.name`, names, problems);
    checkPort(problems, `${field}.port`, port.port ?? 0);
    checkOneOf(problems, `${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']);
    if (port.targetPort !== undefined) checkPortReference(problems, `${field}.targetPort`, port.targetPort);
    reportDuplicate(`${port.protocol}/${port.port}`, seen, field, port, problems);
    if (!port.nodePort) continue;
    if (type === 'NodePort' || type === 'LoadBalancer') {
      reportDuplicate(`${port.protocol}/${port.nodePort}`, nodePorts, `${field}.nodePort`, port.nodePort, problems);
    } else problems.forbidden(`${field}.nodePort`, `may not be used when \`type\` is '${type}'`);
  }
}

function reportDuplicate(key: string, seen: Set<string>, field: string, value: unknown, problems: Problems): void {
  if (seen.has(key)) problems.duplicate(field, value);
  seen.add(key);
}

function validatePortName(name: string, needed: boolean, field: string, names: Set<string>, problems: Problems): void {
  if (name === '') {
    if (needed) problems.required(field);
    return;
  }
  check(problems, field, name, dnsLabel);
  reportDuplicate(name, names, field, name, problems);
}

/** An address stays as long as the Service has one: clients have learned it. */
export function validateServiceUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  if (next.spec.type === 'ExternalName' || current.spec.type === 'ExternalName') return;
  if (!equal(next.spec.clusterIPs, current.spec.clusterIPs)) {
    problems.invalid('spec.clusterIPs[0]', next.spec.clusterIPs, 'may not change once set');
  }
}
