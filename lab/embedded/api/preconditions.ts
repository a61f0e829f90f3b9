/** What must hold of the cluster and of the stored object before a write goes on. */
import { ApiError } from './errors.ts';
import type { ResourceInfo } from './resources.ts';
import { conflict, forbidden, modifiedConflict, notFound } from './status-errors.ts';
import type { Store } from './store.ts';
import type { KubeObject } from './types.ts';
import { resourceOf } from './resources.ts';

/** Namespaces without which the cluster does not work. */
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/** Optimistic locking: throws 409 Conflict when `expected`, the metadata of an update, is of another version. */
export function checkVersion(
  info: ResourceInfo,
  current: KubeObject,
  expected: { uid?: string; resourceVersion?: string },
): void {
  const { name, uid, resourceVersion } = current.metadata;
  if (expected.uid && expected.uid !== uid) {
    const key = `/registry/${info.plural}/${[current.metadata.namespace, name].filter(Boolean).join('/')}`;
    const cause =
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${expected.uid}, UID in object meta: ${uid}`;
    throw conflict(info, name, cause);
  }
  if (expected.resourceVersion && expected.resourceVersion !== resourceVersion) {
    if (!/^\d+$/.test(expected.resourceVersion)) throw new ApiError('Unknown', notANumber(expected.resourceVersion));
    throw modifiedConflict(info, name);
  }
}

/** As Go says it. */
export function notANumber(text: string): string {
  return `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

/** Throws 409 Conflict when an object is to be deleted under conditions that it does not meet. */
export function checkDeletion(
  info: ResourceInfo,
  current: KubeObject,
  expected: { uid?: string; resourceVersion?: string },
): void {
  const { name, uid, resourceVersion } = current.metadata;
  // Here the API server names the kind instead of the resource.
  const subject = { ...info, plural: info.kind };
  const mismatch = (what: string, asked: string, found: string, happened: string): Error =>
    conflict(
      subject,
      name,
      `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). ${happened}`,
    );
  if (expected.uid && expected.uid !== uid) {
    throw mismatch('UID', expected.uid, uid, 'The object might have been deleted and then recreated');
  }
  if (expected.resourceVersion && expected.resourceVersion !== resourceVersion) {
    const happened = 'The object might have been modified';
    throw mismatch('ResourceVersion', expected.resourceVersion, resourceVersion, happened);
  }
  if (info.plural === 'namespaces' && IMMORTAL.includes(name)) {
    throw forbidden(info, name, 'this namespace may not be deleted');
  }
}

/** Throws 404 when the object's namespace does not exist, 403 when it is on its way out. */
export function checkNamespace(store: Store, info: ResourceInfo, { metadata }: KubeObject): void {
  if (!info.namespaced) return;
  const name = metadata.namespace!;
  const namespace = store.find('namespaces', undefined, name);
  if (namespace === undefined) throw notFound(resourceOf('namespaces'), name);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const cause = `unable to create new content in namespace ${name} because it is being terminated`;
  throw forbidden(info, metadata.name, cause, [
    { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
  ]);
}
