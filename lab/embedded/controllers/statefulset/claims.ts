/** The volume claims of a stateful set's pods: created with them, kept or deleted by the set's retention policy. */
import type { OwnerReference } from 'kubernetes-types/meta/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { equal } from '../../api/values.ts';
import { recordEvent } from '../events.ts';
import { setOwners } from '../shared/owners.ts';
import type { StoredPod } from '../shared/pods.ts';
import { claimsFor, ordinalOf, ordinalRange, podName } from './identity.ts';
import type { StoredStatefulSet } from './identity.ts';

export const COMPONENT = 'statefulset-controller';

/** Creates the claims that are missing. False while one of them is being deleted: the pod has to wait for its end. */
export function ensureClaims(client: ApiClient, set: StoredStatefulSet, ordinal: number): boolean {
  return claimsFor(set, ordinal).every((claim) => {
    const { namespace, name } = claim.metadata!;
    const existing = client.find('persistentvolumeclaims', namespace, name!);
    if (existing) return existing.metadata.deletionTimestamp === undefined;
    client.create('persistentvolumeclaims', claim);
    const message = `create Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name} success`;
    recordEvent(client, set, 'Normal', 'SuccessfulCreate', message, COMPONENT);
    return true;
  });
}

/**
 * Makes the garbage collector delete claims with the set (whenDeleted) or with a pod that scaling down removes
 * (whenScaled), by owner references; Retain, the default of both, takes them back.
 */
export function applyRetention(client: ApiClient, set: StoredStatefulSet, pod: StoredPod): void {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec!.persistentVolumeClaimRetentionPolicy ?? {};
  const ordinal = ordinalOf(set, pod.metadata.name)!;
  const { first, end } = ordinalRange(set);
  const condemned = ordinal < first || ordinal >= end;
  const wanted: OwnerReference[] = [];
  if (whenScaled === 'Delete' && condemned) wanted.push(referenceTo(pod));
  else if (whenDeleted === 'Delete') wanted.push(referenceTo(set));
  for (const { metadata } of claimsFor(set, ordinal)) {
    const claim = client.find('persistentvolumeclaims', metadata!.namespace, metadata!.name!);
    if (!claim) continue;
    const current = claim.metadata.ownerReferences ?? [];
    const others = current.filter(({ uid }) => uid !== pod.metadata.uid && uid !== set.metadata.uid);
    const owners = [...others, ...wanted];
    if (!equal(current, owners)) setOwners(client, 'persistentvolumeclaims', claim, owners);
  }
}

function referenceTo(owner: StoredStatefulSet | StoredPod): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}
