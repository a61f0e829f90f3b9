/** Rules for the volumes of a pod and where containers mount them. */
import { parseQuantity } from '../../quantity.ts';
import { check, dnsLabel } from './names.ts';
import { checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const MAX_MODE = 0o777;

/** Returns the names of the volumes. */
export function validateVolumes(volumes: readonly any[], field: string, problems: Problems): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}]`;
    validateSource(volume, path, problems);
    if (!volume.name) problems.required(`${path}.name`);
    else if (names.has(volume.name)) problems.duplicate(`${path}.name`, volume.name);
    else check(problems, `${path}.name`, volume.name, dnsLabel);
    names.add(volume.name);
  }
  return names;
}

function validateSource(volume: any, field: string, problems: Problems): void {
  const [kind, ...others] = Object.keys(volume).filter((key) => key !== 'name');
  for (const other of others) problems.forbidden(`${field}.${other}`, 'may not specify more than 1 volume type');
  const source = volume[kind!];
  const path = `${field}.${kind}`;
  switch (kind) {
    case 'emptyDir':
      if (source.sizeLimit !== undefined && parseQuantity(source.sizeLimit) < 0) {
        problems.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
      }
      break;
    case 'hostPath':
      validateHostPath(source, path, problems);
      break;
    case 'persistentVolumeClaim':
      if (!source.claimName) problems.required(`${path}.claimName`);
      break;
    case 'secret':
      if (!source.secretName) problems.required(`${path}.secretName`);
      validateFiles(source, path, problems);
      break;
    case 'configMap':
      if (!source.name) problems.required(`${path}.name`);
      validateFiles(source, path, problems);
      break;
    case 'downwardAPI':
      validateMode(source.defaultMode, `${path}.defaultMode`, problems);
      break;
    case 'projected':
      validateMode(source.defaultMode, `${path}.defaultMode`, problems);
      break;
    default:
      // Volumes that no kubelet here can mount: their pods wait for a mount that never succeeds, as on any node
      // without the driver.
      break;
  }
}

function validateHostPath({ path = '', type }: any, field: string, problems: Problems): void {
  if (path === '') problems.required(`${field}.path`);
  else if (path.split('/').includes('..')) problems.invalid(`${field}.path`, path, "must not contain '..'");
  checkOneOf(problems, `${field}.type`, type, HOST_PATH_TYPES);
}

function validateFiles({ items = [], defaultMode }: any, field: string, problems: Problems): void {
  validateMode(defaultMode, `${field}.defaultMode`, problems);
  for (const [index, item] of items.entries()) {
    const path = `${field}.items[${index}]`;
    if (!item.key) problems.required(`${path}.key`);
    if (!item.path) problems.required(`${path}.path`);
    else if (item.path.startsWith('/')) problems.invalid(`${path}.path`, item.path, 'must be a relative path');
    else if (item.path.split('/').includes('..')) {
      problems.invalid(`${path}.path`, item.path, "must not contain '..'");
    }
    validateMode(item.mode, `${path}.mode`, problems);
  }
}

function validateMode(mode: number | undefined, field: string, problems: Problems): void {
  if (mode !== undefined && (mode < 0 || mode > MAX_MODE)) {
    problems.invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
  }
}

export function validateVolumeMounts(
  mounts: readonly any[],
  field: string,
  volumes: ReadonlySet<string>,
  problems: Problems,
): void {
  const paths = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const path = `${field}[${index}]`;
    if (!mount.name) problems.required(`${path}.name`);
    else if (!volumes.has(mount.name)) problems.notFound(`${path}.name`, mount.name);
    if (!mount.mountPath) problems.required(`${path}.mountPath`);
    else if (paths.has(mount.mountPath)) problems.invalid(`${path}.mountPath`, mount.mountPath, 'must be unique');
    paths.add(mount.mountPath);
    if (mount.subPath?.startsWith('/')) problems.invalid(`${path}.subPath`, mount.subPath, 'must be a relative path');
    if (mount.subPath?.split('/').includes('..')) {
      problems.invalid(`${path}.subPath`, mount.subPath, "must not contain '..'");
    }
  }
}
