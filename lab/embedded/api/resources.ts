/** The resources that the embedded API serves: what discovery lists and what paths are made of. */
import type { Plural } from './types.ts';

export interface ResourceInfo {
  plural: Plural;
  singular: string;
  kind: string;
  /** Empty for the core group. */
  group: string;
  version: 'v1';
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly string[];
}

function resource(
  group: string,
  kind: string,
  plural: Plural,
  options: Partial<Omit<ResourceInfo, 'group' | 'kind' | 'plural'>> = {},
): ResourceInfo {
  return {
    group,
    kind,
    plural,
    singular: kind.toLowerCase(),
    version: 'v1',
    namespaced: true,
    shortNames: [],
    categories: [],
    subresources: [],
    ...options,
  };
}

export const RESOURCES: readonly ResourceInfo[] = [
  resource('', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('', 'Event', 'events', { shortNames: ['ev'] }),
  resource('', 'Namespace', 'namespaces', { namespaced: false, shortNames: ['ns'], subresources: ['status'] }),
  resource('', 'Node', 'nodes', { namespaced: false, shortNames: ['no'], subresources: ['status'] }),
  resource('', 'PersistentVolume', 'persistentvolumes', {
    namespaced: false,
    shortNames: ['pv'],
    subresources: ['status'],
  }),
  resource('', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], subresources: ['status'] }),
  resource('', 'Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['status', 'log', 'exec', 'attach', 'portforward', 'proxy', 'binding', 'eviction'],
  }),
  resource('', 'Secret', 'secrets'),
  resource('', 'Service', 'services', {
    shortNames: ['svc'],
    categories: ['all'],
    subresources: ['status', 'proxy'],
  }),
  resource('', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  resource('apps', 'ControllerRevision', 'controllerrevisions'),
  resource('apps', 'Deployment', 'deployments', {
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: ['status', 'scale'],
  }),
  resource('apps', 'ReplicaSet', 'replicasets', {
    shortNames: ['rs'],
    categories: ['all'],
    subresources: ['status', 'scale'],
  }),
  resource('apps', 'StatefulSet', 'statefulsets', {
    shortNames: ['sts'],
    categories: ['all'],
    subresources: ['status', 'scale'],
  }),
  resource('batch', 'Job', 'jobs', { categories: ['all'], subresources: ['status'] }),
  resource('coordination.k8s.io', 'Lease', 'leases'),
  resource('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  resource('networking.k8s.io', 'Ingress', 'ingresses', { shortNames: ['ing'], subresources: ['status'] }),
  resource('networking.k8s.io', 'IngressClass', 'ingressclasses', { namespaced: false }),
  resource('networking.k8s.io', 'NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'] }),
  resource('policy', 'PodDisruptionBudget', 'poddisruptionbudgets', { shortNames: ['pdb'], subresources: ['status'] }),
  resource('storage.k8s.io', 'StorageClass', 'storageclasses', { namespaced: false, shortNames: ['sc'] }),
];

const byPlural = new Map<string, ResourceInfo>(RESOURCES.map((info) => [info.plural, info]));
const byKind = new Map(RESOURCES.map((info) => [`${apiVersionOf(info)}/${info.kind}`, info]));

/** `v1` or `apps/v1`. */
export function apiVersionOf(info: { group: string; version: string }): string {
  return info.group === '' ? info.version : `${info.group}/${info.version}`;
}

export function resourceOf(plural: Plural): ResourceInfo {
  return byPlural.get(plural)!;
}

/** Undefined when no such kind is served. */
export function resourceOfKind(apiVersion: string, kind: string): ResourceInfo | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}
