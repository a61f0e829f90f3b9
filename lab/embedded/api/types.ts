/**
 * The kinds the embedded cluster serves, by their plural names, and the shape every stored object has.
 */
import type { Deployment, ControllerRevision, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { Lease } from 'kubernetes-types/coordination/v1.js';
import type {
  ConfigMap,
  Event,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1.js';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { StorageClass } from 'kubernetes-types/storage/v1.js';

/** Metadata as the store keeps it: what the API server always fills in is no longer optional. */
type StoredMeta = ObjectMeta & {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
};

/** An object in the store. It is deeply frozen: to change it, write a changed copy through the client. */
export type Stored<T extends { apiVersion?: string; kind?: string }> = Omit<T, 'apiVersion' | 'kind' | 'metadata'> & {
  apiVersion: NonNullable<T['apiVersion']>;
  kind: NonNullable<T['kind']>;
  metadata: StoredMeta;
};

/** Any stored object, for code that serves all kinds alike. */
export type KubeObject = Stored<{ apiVersion?: string; kind?: string; spec?: any; status?: any; [field: string]: any }>;

/** Plural resource name to kind. Plurals are unique over all groups served here. */
export interface Kinds {
  configmaps: ConfigMap;
  controllerrevisions: ControllerRevision;
  deployments: Deployment;
  endpointslices: EndpointSlice;
  events: Event;
  ingressclasses: IngressClass;
  ingresses: Ingress;
  jobs: Job;
  leases: Lease;
  namespaces: Namespace;
  networkpolicies: NetworkPolicy;
  nodes: Node;
  persistentvolumeclaims: PersistentVolumeClaim;
  persistentvolumes: PersistentVolume;
  poddisruptionbudgets: PodDisruptionBudget;
  pods: Pod;
  replicasets: ReplicaSet;
  secrets: Secret;
  serviceaccounts: ServiceAccount;
  services: Service;
  statefulsets: StatefulSet;
  storageclasses: StorageClass;
}

export type Plural = keyof Kinds;

declare module 'kubernetes-types/core/v1.js' {
  /** Newer than the package, which describes Kubernetes 1.30. */
  interface PodCondition {
    observedGeneration?: number | undefined;
  }
}
