/** Defaults of volumes and claims. The objects given are changed. */
import type { KubeObject } from '../types.ts';

export function defaultClaim({ spec }: KubeObject): void {
  spec.volumeMode ??= 'Filesystem';
  spec.resources ??= {};
}

export function defaultVolume({ spec }: KubeObject): void {
  spec.persistentVolumeReclaimPolicy ??= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
}

export function defaultStorageClass(storageClass: KubeObject): void {
  storageClass['reclaimPolicy'] ??= 'Delete';
  storageClass['volumeBindingMode'] ??= 'Immediate';
}
