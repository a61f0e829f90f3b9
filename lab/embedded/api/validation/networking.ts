/** Rules for Ingresses, IngressClasses, NetworkPolicies and EndpointSlices. */
import { isIP } from 'node:net';
import type { KubeObject } from '../types.ts';
import { checkImmutable, validateSelector } from './metadata.ts';
import { check, cidr, dnsLabel, dnsSubdomain, ipAddress } from './names.ts';
import { checkOneOf, checkPort, checkPortReference } from './numbers.ts';
import type { Problems } from './problems.ts';

export function validateIngress({ spec }: KubeObject, problems: Problems): void {
  const { rules = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    problems.invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend !== undefined) validateBackend(defaultBackend, 'spec.defaultBackend', problems);
  for (const [index, rule] of rules.entries()) validateRule(rule, `spec.rules[${index}]`, problems);
  if (ingressClassName !== undefined) check(problems, 'spec.ingressClassName', ingressClassName, dnsSubdomain);
}

function validateRule({ host, http }: any, field: string, problems: Problems): void {
  if (host) {
    if (isIP(host) !== 0) problems.invalid(`${field}.host`, host, 'must be a DNS name, not an IP address');
    else check(problems, `${field}.host`, host.replace(/^\*\./, ''), dnsSubdomain);
  }
  if (http === undefined) return;
  if ((http.paths ?? []).length === 0) problems.required(`${field}.http.paths`);
  for (const [index, path] of (http.paths ?? []).entries()) {
    validatePath(path, `${field}.http.paths[${index}]`, problems);
  }
}

function validatePath({ path, pathType, backend = {} }: any, field: string, problems: Problems): void {
  if (!pathType) return problems.required(`${field}.pathType`, 'pathType must be specified');
  if (pathType === 'Exact' || pathType === 'Prefix') validateAbsolutePath(path ?? '', `${field}.path`, problems);
  else if (pathType !== 'ImplementationSpecific') {
    problems.unsupported(`${field}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
  } else if (path && !path.startsWith('/')) problems.invalid(`${field}.path`, path, 'must be an absolute path');
  validateBackend(backend, `${field}.backend`, problems);
}

const IMPOSSIBLE_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F'];

function validateAbsolutePath(path: string, field: string, problems: Problems): void {
  if (!path.startsWith('/')) return problems.invalid(field, path, 'must be an absolute path');
  for (const part of IMPOSSIBLE_IN_PATHS) {
    if (path.includes(part)) problems.invalid(field, path, `must not contain '${part}'`);
  }
  for (const end of ['/..', '/.']) {
    if (path.endsWith(end)) problems.invalid(field, path, `cannot end with '${end}'`);
  }
}

function validateBackend({ service, resource }: any, field: string, problems: Problems): void {
  if (resource !== undefined && service !== undefined) {
    return problems.invalid(field, '', 'cannot set both resource and service backends');
  }
  if (service === undefined) {
    if (resource === undefined) problems.invalid(field, '', 'resource or service backend is required');
    return;
  }
  if (!service.name) problems.required(`${field}.service.name`);
  else check(problems, `${field}.service.name`, service.name, dnsLabel);
  const { name, number } = service.port ?? {};
  if (name && number) problems.invalid(field, '', 'cannot set both port name & port number');
  else if (number) checkPort(problems, `${field}.service.port.number`, number);
  else if (name) checkPortReference(problems, `${field}.service.port.name`, name);
  else problems.required(field, 'port name or number is required');
}

export function validateIngressClass({ spec }: KubeObject, problems: Problems): void {
  if (!spec.controller) problems.required('spec.controller');
}

export function validateIngressClassUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  checkImmutable(problems, 'spec.controller', next.spec.controller, current.spec.controller);
}

export function validateNetworkPolicy({ spec }: KubeObject, problems: Problems): void {
  validateSelector(spec.podSelector, 'spec.podSelector', problems);
  for (const [index, rule] of (spec.ingress ?? []).entries()) {
    validatePolicyRule(rule.ports, rule.from, `spec.ingress[${index}]`, 'from', problems);
  }
  for (const [index, rule] of (spec.egress ?? []).entries()) {
    validatePolicyRule(rule.ports, rule.to, `spec.egress[${index}]`, 'to', problems);
  }
  for (const [index, type] of spec.policyTypes.entries()) {
    checkOneOf(problems, `spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']);
  }
}

function validatePolicyRule(
  ports: readonly any[] = [],
  peers: readonly any[] = [],
  field: string,
  peerField: string,
  problems: Problems,
): void {
  for (const [index, port] of ports.entries()) {
    const path = `${field}.ports[${index}]`;
    checkOneOf(problems, `${path}.protocol`, port.protocol, ['TCP', 'UDP', 'SCTP']);
    if (port.port !== undefined) checkPortReference(problems, `${path}.port`, port.port);
  }
  for (const [index, peer] of peers.entries()) {
    const path = `${field}.${peerField}[${index}]`;
    validateSelector(peer.podSelector, `${path}.podSelector`, problems);
    validateSelector(peer.namespaceSelector, `${path}.namespaceSelector`, problems);
    if (Object.keys(peer).length === 0) problems.required(path, 'must specify a peer');
    if (peer.ipBlock !== undefined) check(problems, `${path}.ipBlock.cidr`, peer.ipBlock.cidr ?? '', cidr);
  }
}

export function validateEndpointSlice(slice: KubeObject, problems: Problems): void {
  const { addressType = '' } = slice as any;
  checkOneOf(problems, 'addressType', addressType, ['FQDN', 'IPv4', 'IPv6']);
  for (const [index, { addresses = [] }] of slice['endpoints'].entries()) {
    if (addresses.length === 0) problems.required(`endpoints[${index}].addresses`);
    if (addressType === 'FQDN') continue;
    for (const [at, address] of addresses.entries()) {
      check(problems, `endpoints[${index}].addresses[${at}]`, address, ipAddress);
    }
  }
  for (const [index, { port, protocol }] of slice['ports'].entries()) {
    if (port !== undefined) checkPort(problems, `ports[${index}].port`, port);
    checkOneOf(problems, `ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
  }
}

export function validateEndpointSliceUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  checkImmutable(problems, 'addressType', next['addressType'], current['addressType']);
}
