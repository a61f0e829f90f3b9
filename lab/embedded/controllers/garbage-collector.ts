/**
 * Garbage collection by owner references: what belongs to something goes with it.
 *
 * - Background: the owner is gone; its dependents are deleted after it.
 * - Foreground: the owner stays, with the finalizer `foregroundDeletion`, until the dependents that block it are gone.
 * - Orphan: with the finalizer `orphan`, dependents lose their reference to the owner first, and stay.
 */
import type { OwnerReference } from 'kubernetes-types/meta/v1.js';
import { isReason } from '../api/errors.ts';
import type { ApiClient, DeleteOptions } from '../api/client.ts';
import { resourceOf, resourceOfKind, RESOURCES } from '../api/resources.ts';
import type { KubeObject, Plural } from '../api/types.ts';
import { watch } from './runtime.ts';
import type { Controller } from './runtime.ts';
import { setOwners, withoutOwner } from './shared/owners.ts';
import { removeFinalizer } from './shared/write.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Events neither own nor are owned, and there are many. */
const PLURALS = RESOURCES.map(({ plural }) => plural).filter((plural) => plural !== 'events');

interface Identity {
  plural: Plural;
  namespace: string | undefined;
  name: string;
  uid: string;
}

export function garbageCollector(client: ApiClient): Controller {
  return {
    name: 'garbage-collector',
    // A change of a dependent concerns its owners, too: they may be waiting for its end.
    watches: PLURALS.map((plural) =>
      watch(plural, (object: KubeObject) => {
        const { namespace, name, uid } = object.metadata;
        return [{ plural, namespace, name, uid }, ...ownersOf(object)].map((identity) => JSON.stringify(identity));
      }),
    ),
    reconcile(key) {
      const identity = JSON.parse(key) as Identity;
      const object = findByIdentity(client, identity);
      if (!object)
        for (const [plural, dependent] of dependentsOf(client, identity.uid)) collect(client, plural, dependent);
      else if (object.metadata.deletionTimestamp === undefined) collect(client, identity.plural, object);
      else settleDependents(client, identity.plural, object);
      return undefined;
    },
  };
}

/** Owners of kinds that are not served here are unknown, and taken to be there. */
function ownersOf(object: KubeObject): Identity[] {
  return (object.metadata.ownerReferences ?? []).flatMap((reference) => {
    const resource = resourceOfKind(reference.apiVersion, reference.kind);
    if (!resource) return [];
    const namespace = resource.namespaced ? object.metadata.namespace : undefined;
    return [{ plural: resource.plural, namespace, name: reference.name, uid: reference.uid }];
  });
}

function findByIdentity(client: ApiClient, { plural, namespace, name, uid }: Identity): KubeObject | undefined {
  const object: KubeObject | undefined = client.find(plural, namespace, name);
  return object?.metadata.uid === uid ? object : undefined;
}

function* dependentsOf(client: ApiClient, uid: string): Generator<[Plural, KubeObject]> {
  for (const plural of PLURALS) {
    const objects: KubeObject[] = client.list(plural);
    for (const object of objects) if (referenceTo(object, uid)) yield [plural, object];
  }
}

function referenceTo(object: KubeObject, uid: string): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.uid === uid);
}

/** Deletes the object if none of its owners holds it any more. */
function collect(client: ApiClient, plural: Plural, object: KubeObject): void {
  const references = object.metadata.ownerReferences ?? [];
  if (references.length === 0 || object.metadata.deletionTimestamp !== undefined) return;
  const owners = ownersOf(object).map((identity) => ({ identity, owner: findByIdentity(client, identity) }));
  const absent = owners.filter(({ owner }) => !owner);
  const leaving = owners.filter(({ owner }) => owner && isWaitingForDependents(owner));
  const releasing = new Set([...absent, ...leaving].map(({ identity }) => identity.uid));
  if (releasing.size === 0) return;
  if (references.some(({ uid }) => !releasing.has(uid))) {
    const kept = references.filter(({ uid }) => !releasing.has(uid));
    setOwners(client, plural, object, kept);
    return;
  }
  remove(client, plural, object, policyFor(client, object, leaving.length > 0));
}

/** Deletion in the foreground goes on through the generations. */
function policyFor(client: ApiClient, object: KubeObject, foreground: boolean): DeleteOptions['propagationPolicy'] {
  const { finalizers = [], uid } = object.metadata;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  if (finalizers.includes(FOREGROUND)) return 'Foreground';
  return foreground && !dependentsOf(client, uid).next().done ? 'Foreground' : 'Background';
}

function isWaitingForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}

/** For an owner that is being deleted: lets its dependents go, or lets it go once none blocks it. */
function settleDependents(client: ApiClient, plural: Plural, owner: KubeObject): void {
  const { uid, finalizers = [] } = owner.metadata;
  const dependents = [...dependentsOf(client, uid)];
  if (finalizers.includes(ORPHAN)) {
    for (const [kind, dependent] of dependents) setOwners(client, kind, dependent, withoutOwner(dependent, uid));
    removeFinalizer(client, plural, owner, ORPHAN);
  } else if (finalizers.includes(FOREGROUND)) {
    for (const [kind, dependent] of dependents) collect(client, kind, dependent);
    const blocked = [...dependentsOf(client, uid)].some(([, object]) => referenceTo(object, uid)!.blockOwnerDeletion);
    if (!blocked) removeFinalizer(client, plural, owner, FOREGROUND);
  }
}

function remove(
  client: ApiClient,
  plural: Plural,
  object: KubeObject,
  propagationPolicy: DeleteOptions['propagationPolicy'],
): void {
  const { name, uid } = object.metadata;
  const namespace = resourceOf(plural).namespaced ? object.metadata.namespace : undefined;
  try {
    client.delete(plural, namespace, name, { propagationPolicy, preconditions: { uid } });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}
