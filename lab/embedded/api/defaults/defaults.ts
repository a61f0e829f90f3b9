/** What the API server fills in on every write, by kind. */
import type { KubeObject, Plural } from '../types.ts';
import { defaultEndpointSlice, defaultIngressClass, defaultNetworkPolicy, defaultService } from './network.ts';
import { defaultPod } from './pod.ts';
import { defaultClaim, defaultStorageClass, defaultVolume } from './storage.ts';
import { defaultDeployment, defaultJob, defaultReplicaSet, defaultStatefulSet } from './workloads.ts';

const DEFAULTS: Partial<Record<Plural, (object: KubeObject) => void>> = {
  deployments: defaultDeployment,
  endpointslices: defaultEndpointSlice,
  events: defaultEvent,
  ingressclasses: defaultIngressClass,
  jobs: defaultJob,
  networkpolicies: defaultNetworkPolicy,
  nodes: defaultNode,
  persistentvolumeclaims: defaultClaim,
  persistentvolumes: defaultVolume,
  pods: defaultPod,
  replicasets: defaultReplicaSet,
  secrets: defaultSecret,
  services: defaultService,
  statefulsets: defaultStatefulSet,
  storageclasses: defaultStorageClass,
};

/** Kinds whose objects are not what they are without a spec. */
const WITH_SPEC = new Set<Plural>([
  'deployments',
  'ingressclasses',
  'ingresses',
  'jobs',
  'leases',
  'namespaces',
  'networkpolicies',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'services',
  'statefulsets',
]);

/** Changes `object`, which may be incomplete in every way that its types allow. */
export function applyDefaults(plural: Plural, object: KubeObject): void {
  if (WITH_SPEC.has(plural)) object.spec ??= {};
  DEFAULTS[plural]?.(object);
}

function defaultEvent(event: KubeObject): void {
  event['involvedObject'] ??= {};
  event['source'] ??= {};
  event['reportingComponent'] ??= event['source'].component ?? '';
  event['reportingInstance'] ??= '';
}

function defaultNode({ status }: KubeObject): void {
  if (status?.capacity !== undefined) status.allocatable ??= { ...status.capacity };
}

function defaultSecret(secret: KubeObject): void {
  secret['type'] ??= 'Opaque';
}
