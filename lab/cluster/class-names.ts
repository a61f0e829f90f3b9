/** Manifests fitted to the classes that a cluster has. Pure. */
import type { Manifest } from './manifests.ts';

/** Undefined leaves what the manifests say: for storage, usually the cluster's default class. */
export interface ClassNames {
  ingressClass: string | undefined;
  storageClass: string | undefined;
}

export function withClasses({ ingressClass, storageClass }: ClassNames, manifests: readonly Manifest[]): Manifest[] {
  return manifests.map((manifest) => {
    const object = structuredClone(manifest.object);
    if (object.kind === 'Ingress' && ingressClass !== undefined) object.spec.ingressClassName = ingressClass;
    if (storageClass !== undefined) {
      const claims = object.kind === 'PersistentVolumeClaim' ? [object] : (object.spec?.volumeClaimTemplates ?? []);
      for (const { spec } of claims) spec.storageClassName = storageClass;
    }
    return { ...manifest, object };
  });
}
