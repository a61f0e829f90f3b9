/** Ownership: which controller an object belongs to, and how an object without one finds its own. */
import type { LabelSelector, OwnerReference } from 'kubernetes-types/meta/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { matchLabelSelector } from '../../api/selectors/labels.ts';
import type { KubeObject, Plural, Kinds, Stored } from '../../api/types.ts';
import { keyOf } from '../runtime.ts';

/** The owner that manages the object; there is at most one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference that makes `owner` the controller of an object. */
export function controllerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/**
 * The objects that `owner` manages: those that name it as their controller and match the selector. Objects that match
 * and belong to nobody are adopted; owned ones that no longer match are released. An owner on its way out does neither.
 */
export function claimOwned<P extends Plural>(
  client: ApiClient,
  plural: P,
  owner: KubeObject,
  selector: LabelSelector | undefined,
): Stored<Kinds[P]>[] {
  const leaving = owner.metadata.deletionTimestamp !== undefined;
  const isSelected = matchLabelSelector(selector);
  return client.list(plural, { namespace: owner.metadata.namespace }).flatMap((object) => {
    const controller = controllerOf(object);
    const matches = isSelected(object.metadata.labels);
    if (controller?.uid === owner.metadata.uid) {
      if (matches || leaving) return matches ? [object] : [];
      setOwners(client, plural, object, withoutOwner(object, owner.metadata.uid));
      return [];
    }
    if (controller || !matches || leaving || object.metadata.deletionTimestamp !== undefined) return [];
    const owners = [...(object.metadata.ownerReferences ?? []), controllerReference(owner)];
    return [setOwners(client, plural, object, owners)];
  });
}

/** Keys of the owners of `kind` that a change of `object` concerns: its controller, or else whoever might adopt it. */
export function* ownerKeys(
  client: ApiClient,
  object: KubeObject,
  kind: string,
  plural: 'replicasets' | 'statefulsets' | 'deployments' | 'jobs',
): Iterable<string> {
  const { namespace, labels } = object.metadata;
  const controller = controllerOf(object);
  if (controller) {
    if (controller.kind === kind) yield `${namespace}/${controller.name}`;
    return;
  }
  for (const owner of client.list(plural, { namespace })) {
    if (matchLabelSelector(owner.spec?.selector)(labels)) yield keyOf(owner);
  }
}

export function withoutOwner(object: KubeObject, uid: string): OwnerReference[] {
  return (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
}

export function setOwners<P extends Plural>(
  client: ApiClient,
  plural: P,
  object: KubeObject,
  ownerReferences: OwnerReference[],
): Stored<Kinds[P]> {
  const { namespace, name } = object.metadata;
  return client.patch(plural, namespace, name, { type: 'merge', body: { metadata: { ownerReferences } } });
}
