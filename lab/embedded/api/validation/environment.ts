/** Rules for the environment of a container. */
import { check, configKey, dnsSubdomain } from './names.ts';
import { checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

const FIELD_PATHS = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

const CONTAINER_RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function validateEnvironment(container: any, field: string, problems: Problems): void {
  for (const [index, variable] of (container.env ?? []).entries()) {
    const path = `${field}.env[${index}]`;
    validateName(variable.name, `${path}.name`, problems);
    if (variable.valueFrom !== undefined) validateSource(variable, `${path}.valueFrom`, problems);
  }
  for (const [index, source] of (container.envFrom ?? []).entries()) {
    validateEnvFrom(source, `${field}.envFrom`, index, problems);
  }
}

function validateName(name: string | undefined, field: string, problems: Problems): void {
  if (!name) problems.required(field);
  else if (!/^[ -<>-~]+$/.test(name)) {
    const detail = "a valid environment variable name must consist only of printable ASCII characters other than '='";
    problems.invalid(field, name, detail);
  }
}

function validateSource({ value, valueFrom }: any, field: string, problems: Problems): void {
  if (valueFrom.fieldRef) validateFieldRef(valueFrom.fieldRef, `${field}.fieldRef`, problems);
  if (valueFrom.resourceFieldRef) {
    const { resource } = valueFrom.resourceFieldRef;
    const path = `${field}.resourceFieldRef.resource`;
    if (!resource) problems.required(path);
    else checkOneOf(problems, path, resource, CONTAINER_RESOURCES);
  }
  for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
    if (valueFrom[kind]) validateKeyRef(valueFrom[kind], `${field}.${kind}`, problems);
  }
  const count = SOURCES.filter((source) => valueFrom[source] !== undefined).length;
  if (count === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    problems.invalid(field, '', detail);
  } else if (value) problems.invalid(field, '', 'may not be specified when `value` is not empty');
  else if (count > 1) problems.invalid(field, '', 'may not have more than one field specified at a time');
}

function validateFieldRef({ fieldPath = '' }: any, field: string, problems: Problems): void {
  if (fieldPath === '') return problems.required(`${field}.fieldPath`);
  const keyed = /^metadata\.(labels|annotations)\['[^']+'\]$/.test(fieldPath);
  if (keyed || FIELD_PATHS.has(fieldPath)) return;
  const detail = `error converting fieldPath: field label not supported: ${fieldPath}`;
  problems.invalid(`${field}.fieldPath`, fieldPath, detail);
}

function validateKeyRef({ name = '', key = '' }: any, field: string, problems: Problems): void {
  check(problems, `${field}.name`, name, dnsSubdomain);
  if (key === '') problems.required(`${field}.key`);
  else check(problems, `${field}.key`, key, configKey);
}

function validateEnvFrom(source: any, field: string, index: number, problems: Problems): void {
  const given = ['configMapRef', 'secretRef'].filter((kind) => source[kind] !== undefined);
  for (const kind of given) {
    const { name = '' } = source[kind];
    if (name === '') problems.required(`${field}[${index}].${kind}.name`);
    else check(problems, `${field}[${index}].${kind}.name`, name, dnsSubdomain);
  }
  if (given.length === 0) problems.invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`');
  else if (given.length > 1) problems.invalid(field, '', 'may not have more than one field specified at a time');
}
