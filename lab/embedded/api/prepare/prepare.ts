/** What is added to an object before it is validated and stored, by kind: the API server's strategies and admission. */
import type { WriteOptions } from '../client.ts';
import type { KubeObject, Plural } from '../types.ts';
import { equal } from '../values.ts';
import { admitPodSecurity } from './pod-security.ts';
import type { Context } from './context.ts';
import * as others from './others.ts';
import { preparePodCreate, preparePodUpdate } from './pods.ts';
import { prepareServiceCreate, prepareServiceUpdate } from './services.ts';

interface Preparation {
  create?: (object: KubeObject, context: Context) => void;
  update?: (next: KubeObject, current: KubeObject, context: Context) => void;
}

const PREPARATIONS: Partial<Record<Plural, Preparation>> = {
  jobs: { create: others.prepareJobCreate },
  namespaces: { create: others.prepareNamespaceCreate, update: others.prepareNamespaceUpdate },
  nodes: { create: others.prepareNodeCreate },
  persistentvolumeclaims: { create: others.prepareClaimCreate, update: others.prepareClaimUpdate },
  persistentvolumes: { create: others.prepareVolumeCreate },
  pods: { create: preparePodCreate, update: preparePodUpdate },
  secrets: { create: others.prepareSecret, update: others.prepareSecret },
  services: { create: prepareServiceCreate, update: prepareServiceUpdate },
};

/** Kinds whose generation counts the changes of their spec. */
const WITH_GENERATION = new Set<Plural>([
  'deployments',
  'endpointslices',
  'ingressclasses',
  'ingresses',
  'jobs',
  'networkpolicies',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'statefulsets',
]);

/** The status of a new object, whatever its creator says; kubelets alone create nodes with one. */
const INITIAL_STATUS: Partial<Record<Plural, object>> = {
  deployments: {},
  ingresses: { loadBalancer: {} },
  jobs: {},
  poddisruptionbudgets: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  replicasets: { replicas: 0 },
  services: { loadBalancer: {} },
  statefulsets: { replicas: 0, availableReplicas: 0 },
};

export function prepareCreate(plural: Plural, object: KubeObject, context: Context): void {
  if (WITH_GENERATION.has(plural)) object.metadata = { ...object.metadata, generation: 1 };
  const status = INITIAL_STATUS[plural];
  if (status !== undefined) object.status = { ...status };
  PREPARATIONS[plural]?.create?.(object, context);
  admitPodSecurity(plural, object, context);
}

export function prepareUpdate(plural: Plural, next: KubeObject, current: KubeObject, context: Context): void {
  PREPARATIONS[plural]?.update?.(next, current, context);
}

/**
 * Counts a change of what the object asks for. A Deployment's annotations belong to that, as its replica sets carry
 * them, too. `next` is changed.
 */
export function countGeneration(
  plural: Plural,
  current: KubeObject,
  next: KubeObject,
  subresource: WriteOptions['subresource'],
): void {
  const { generation, annotations } = current.metadata;
  if (generation === undefined || subresource === 'status') return;
  const annotated = plural === 'deployments' && !equal(annotations, next.metadata.annotations);
  const content = plural === 'endpointslices' ? [current, next].map(withoutMetadata) : [current.spec, next.spec];
  if (annotated || !equal(content[0], content[1])) next.metadata = { ...next.metadata, generation: generation + 1 };
}

/** An EndpointSlice has no spec: it asks for itself. */
function withoutMetadata(object: KubeObject): unknown {
  return { ...object, metadata: undefined };
}
