/** Rules for the simpler kinds: ConfigMap, Secret, Event, Node, Lease, PodDisruptionBudget. */
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import { checkImmutable, validateSelector } from './metadata.ts';
import { check, configKey } from './names.ts';
import { checkAtMostAll, checkCountOrPercent, checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';
import { validateTaints } from './scheduling.ts';

const MAX_DATA_BYTES = 1024 * 1024;

export function validateConfigMap(map: KubeObject, problems: Problems): void {
  const { data = {}, binaryData = {} } = map as any;
  for (const key of Object.keys(data)) {
    check(problems, `data[${key}]`, key, configKey);
    if (key in binaryData) problems.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
  }
  for (const key of Object.keys(binaryData)) check(problems, `binaryData[${key}]`, key, configKey);
  validateSize({ ...data, ...binaryData }, '', problems);
}

export function validateConfigMapUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  validateImmutableData(next, current, ['data', 'binaryData'], problems);
}

const REQUIRED_KEYS: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export function validateSecret(secret: KubeObject, problems: Problems): void {
  const { data = {}, type } = secret as any;
  for (const key of Object.keys(data)) check(problems, `data[${key}]`, key, configKey);
  validateSize(data, 'data', problems);
  for (const key of REQUIRED_KEYS[type] ?? []) if (!(key in data)) problems.required(`data[${key}]`);
}

export function validateSecretUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  checkImmutable(problems, 'type', next['type'], current['type']);
  validateImmutableData(next, current, ['data'], problems);
}

function validateSize(data: Record<string, string>, field: string, problems: Problems): void {
  const bytes = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (bytes > MAX_DATA_BYTES) problems.invalid(field, '', `must have at most ${MAX_DATA_BYTES} bytes`);
}

function validateImmutableData(
  next: KubeObject,
  current: KubeObject,
  fields: readonly string[],
  problems: Problems,
): void {
  if (current['immutable'] !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (next['immutable'] !== true) problems.forbidden('immutable', detail);
  for (const field of fields) if (!equal(next[field], current[field])) problems.forbidden(field, detail);
}

export function validateEvent(event: KubeObject, problems: Problems): void {
  const { namespace = 'default' } = event['involvedObject'];
  if (namespace !== event.metadata.namespace) {
    problems.invalid(
      'involvedObject.namespace',
      event['involvedObject'].namespace ?? '',
      'does not match event.namespace',
    );
  }
}

export function validateNode({ spec }: KubeObject, problems: Problems): void {
  validateTaints(spec.taints ?? [], 'metadata.taints', problems);
}

export function validateLease({ spec }: KubeObject, problems: Problems): void {
  const { leaseDurationSeconds, leaseTransitions } = spec;
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    problems.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    problems.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0');
  }
}

export function validateDisruptionBudget({ spec }: KubeObject, problems: Problems): void {
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    problems.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set');
  }
  checkCountOrPercent(problems, 'spec.minAvailable', spec.minAvailable);
  checkCountOrPercent(problems, 'spec.maxUnavailable', spec.maxUnavailable);
  for (const field of ['minAvailable', 'maxUnavailable']) checkAtMostAll(problems, `spec.${field}`, spec[field]);
  validateSelector(spec.selector, 'spec.selector', problems);
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  checkOneOf(problems, 'spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies);
}
