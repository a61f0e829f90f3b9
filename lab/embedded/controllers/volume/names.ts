/** Names that the volume controllers, the scheduler and kubelets share. */
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';

export type StoredClaim = Stored<PersistentVolumeClaim>;
export type StoredVolume = Stored<PersistentVolume>;

export const LOCAL_PATH_CLASS = 'local-path';
export const LOCAL_PATH_PROVISIONER = 'rancher.io/local-path';

/** Set on a claim by the scheduler: the node for which its volume is to be made. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

/** Whether claim and volume name each other. */
export function isBound(claim: StoredClaim): boolean {
  return claim.spec?.volumeName !== undefined && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Whether the volume is meant for this claim: by its uid, or, as long as it has none, by its name. */
export function isReservedFor(volume: StoredVolume, claim: StoredClaim): boolean {
  const { claimRef } = volume.spec ?? {};
  if (claimRef?.namespace !== claim.metadata.namespace || claimRef?.name !== claim.metadata.name) return false;
  return !claimRef.uid || claimRef.uid === claim.metadata.uid;
}
