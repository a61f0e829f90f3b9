/** What the API server adds to objects that are neither pods nor Services. The objects are changed. */
import { parseQuantity } from '../../quantity.ts';
import { timestamp } from '../metadata.ts';
import { forbidden } from '../status-errors.ts';
import type { KubeObject } from '../types.ts';
import type { Context } from './context.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

export function prepareNamespaceCreate(namespace: KubeObject): void {
  // The namespace controller takes this away when everything in the namespace is gone.
  if (!namespace.spec.finalizers?.includes('kubernetes')) {
    namespace.spec.finalizers = [...(namespace.spec.finalizers ?? []), 'kubernetes'];
  }
  namespace.status = { phase: 'Active' };
  nameNamespace(namespace);
}

export function prepareNamespaceUpdate(namespace: KubeObject, current: KubeObject): void {
  // Finalizers of the spec may go when the namespace does; nothing else can be done to them.
  const kept = new Set(namespace.spec.finalizers ?? []);
  const before: string[] = current.spec.finalizers ?? [];
  const terminating = current.metadata.deletionTimestamp !== undefined;
  // A new spec: a status update brings the stored one along, which is frozen.
  namespace.spec = { ...namespace.spec, finalizers: terminating ? before.filter((name) => kept.has(name)) : before };
  nameNamespace(namespace);
}

/** Lets network policies select the namespace by its name. */
function nameNamespace({ metadata }: KubeObject): void {
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

/** A new node takes no pods before the node controller has seen it ready. */
export function prepareNodeCreate({ spec }: KubeObject): void {
  const key = 'node.kubernetes.io/not-ready';
  const tainted = (spec.taints ?? []).some((taint: any) => taint.key === key && taint.effect === 'NoSchedule');
  if (!tainted) spec.taints = [...(spec.taints ?? []), { key, effect: 'NoSchedule' }];
}

export function prepareClaimCreate(claim: KubeObject, { store }: Context): void {
  claim.status = { phase: 'Pending' };
  addFinalizer(claim, 'kubernetes.io/pvc-protection');
  if (claim.spec.storageClassName !== undefined) return;
  const classes = store
    .all('storageclasses')
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  if (classes[0] !== undefined) claim.spec.storageClassName = classes[0].metadata.name;
}

/** A claim can grow where its class allows that. Throws 403 where it does not. */
export function prepareClaimUpdate(claim: KubeObject, current: KubeObject, { store }: Context): void {
  const [asked, had] = [claim, current].map(({ spec }) => spec.resources?.requests?.storage ?? '0') as [string, string];
  if (parseQuantity(asked) <= parseQuantity(had)) return;
  const storageClass = store.find('storageclasses', undefined, claim.spec.storageClassName ?? '');
  if (storageClass?.['allowVolumeExpansion'] === true) return;
  const cause =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  const info = { plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim', group: '' };
  throw forbidden(info, claim.metadata.name, cause);
}

export function prepareVolumeCreate(volume: KubeObject): void {
  volume.status = { phase: 'Pending', lastPhaseTransitionTime: timestamp() };
  addFinalizer(volume, 'kubernetes.io/pv-protection');
}

function addFinalizer({ metadata }: KubeObject, finalizer: string): void {
  const finalizers = metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) metadata.finalizers = [...finalizers, finalizer];
}

/** `stringData` is for writing only. */
export function prepareSecret(secret: KubeObject): void {
  const texts = Object.entries<string>(secret['stringData'] ?? {});
  delete secret['stringData'];
  if (texts.length === 0) return;
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  secret['data'] = { ...secret['data'], ...Object.fromEntries(encoded) };
}

/** A Job finds its pods by its own uid, unless its author takes that on. */
export function prepareJobCreate({ metadata, spec }: KubeObject): void {
  if (spec.manualSelector === true) return;
  const names = {
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
  };
  spec.template.metadata.labels = { ...spec.template.metadata.labels, ...names };
  metadata.labels = { ...names, ...metadata.labels };
  const matchLabels = { ...spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': metadata.uid };
  spec.selector = { ...spec.selector, matchLabels };
}
