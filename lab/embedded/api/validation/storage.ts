/** Rules for volumes, claims and storage classes. */
import { parseQuantity } from '../../quantity.ts';
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import { checkImmutable, validateSelector } from './metadata.ts';
import { check, dnsSubdomain } from './names.ts';
import { checkOneOf, checkPositiveQuantity } from './numbers.ts';
import type { Problems } from './problems.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];

export function validateClaim({ spec }: KubeObject, problems: Problems): void {
  const { accessModes = [], resources, storageClassName, volumeMode, selector } = spec;
  if (accessModes.length === 0) problems.required('spec.accessModes', 'at least 1 access mode is required');
  validateSelector(selector, 'spec.selector', problems);
  validateAccessModes(accessModes, problems);
  const storage = resources?.requests?.storage;
  if (storage === undefined) problems.required('spec.resources[storage]');
  else checkPositiveQuantity(problems, 'spec.resources[storage]', storage);
  if (storageClassName) check(problems, 'spec.storageClassName', storageClassName, dnsSubdomain);
  checkOneOf(problems, 'spec.volumeMode', volumeMode, VOLUME_MODES);
}

function validateAccessModes(modes: readonly string[], problems: Problems): void {
  for (const mode of modes) checkOneOf(problems, 'spec.accessModes', mode, ACCESS_MODES);
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    problems.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes');
  }
}

/** The volume and, while there is none, its class may be filled in once; a bound claim may ask for more space. */
export function validateClaimUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  const [before, after] = [current.spec, next.spec];
  const fixed = (spec: any): unknown => ({
    ...spec,
    volumeName: before.volumeName ? spec.volumeName : undefined,
    storageClassName: before.storageClassName === undefined ? undefined : spec.storageClassName,
    resources: current.status?.phase === 'Bound' ? { ...spec.resources, requests: undefined } : spec.resources,
  });
  if (equal(fixed(before), fixed(after))) {
    const asked = parseQuantity(after.resources?.requests?.storage ?? '0');
    if (asked < parseQuantity(current.status?.capacity?.storage ?? '0')) {
      problems.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
    }
    return;
  }
  problems.forbidden(
    'spec',
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
  );
}

const NOT_VOLUME_SOURCES = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function sourcesOf(spec: any): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !NOT_VOLUME_SOURCES.has(field)));
}

export function validateVolume({ spec }: KubeObject, problems: Problems): void {
  const { accessModes = [], capacity, hostPath, local, nodeAffinity } = spec;
  if (accessModes.length === 0) problems.required('spec.accessModes');
  validateAccessModes(accessModes, problems);
  if (capacity === undefined) problems.required('spec.capacity');
  if (capacity?.storage === undefined || Object.keys(capacity).length > 1) {
    problems.unsupported('spec.capacity', capacity, ['storage']);
  } else checkPositiveQuantity(problems, 'spec.capacity[storage]', capacity.storage);
  const policies = ['Delete', 'Recycle', 'Retain'];
  checkOneOf(problems, 'spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, policies);
  if (hostPath && !hostPath.path) problems.required('spec.hostPath.path');
  if (local && !local.path) problems.required('spec.local.path');
  if (local && nodeAffinity === undefined) {
    problems.required('spec.nodeAffinity', 'Local volume requires node affinity');
  }
  const [source, ...others] = Object.keys(sourcesOf(spec));
  if (source === undefined) problems.required('spec', 'must specify a volume type');
  for (const other of others) problems.forbidden(`spec.${other}`, 'may not specify more than 1 volume type');
  checkOneOf(problems, 'spec.volumeMode', spec.volumeMode, VOLUME_MODES);
}

export function validateVolumeUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  if (!equal(sourcesOf(next.spec), sourcesOf(current.spec))) {
    problems.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation');
  }
  checkImmutable(problems, 'spec.volumeMode', next.spec.volumeMode, current.spec.volumeMode);
  if (current.spec.nodeAffinity !== undefined && !equal(next.spec.nodeAffinity, current.spec.nodeAffinity)) {
    problems.invalid('spec.nodeAffinity', next.spec.nodeAffinity, 'field is immutable');
  }
}

export function validateStorageClass(storageClass: KubeObject, problems: Problems): void {
  const { reclaimPolicy, volumeBindingMode, provisioner } = storageClass as any;
  checkOneOf(problems, 'reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']);
  checkOneOf(problems, 'volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']);
  if (!provisioner) problems.required('provisioner');
}

export function validateStorageClassUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']) {
    if (!equal(next[field], current[field])) {
      problems.forbidden(field, `updates to ${field} are forbidden.`);
    }
  }
}
