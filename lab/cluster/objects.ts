/** Kubernetes objects as the harness sees them: plain JSON, typed only as far as it is used. */

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string }[];
  };
  spec?: any;
  status?: any;
  [field: string]: any;
}

/** Enough to find an object. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** The label that names the app a pod belongs to. */
export const APP_LABEL = 'app.kubernetes.io/name';

export const NAMESPACE = 'log-lab';

/** Every manifest's, and every pod's and claim's. */
export const PART_OF_LAB = { 'app.kubernetes.io/part-of': 'log-lab' };

/** On everything that the lab has created: which lab:up it belongs to. What does not carry it is somebody else's. */
export const RUN_LABEL = 'log-lab/run';

export function appOf(object: KubeObject): string {
  return object.metadata.labels?.[APP_LABEL] ?? '';
}

export function condition(
  object: KubeObject,
  type: string,
): { status: string; reason?: string; message?: string } | undefined {
  const conditions: { type: string; status: string; reason?: string; message?: string }[] =
    object.status?.conditions ?? [];
  return conditions.find((entry) => entry.type === type);
}

export function isConditionTrue(object: KubeObject, type: string): boolean {
  return condition(object, type)?.status === 'True';
}

/** Ready, and not told to stop: a pod that is goes on calling itself ready for as long as it can answer. */
export function isServing(pod: KubeObject): boolean {
  return isConditionTrue(pod, 'Ready') && pod.metadata.deletionTimestamp === undefined;
}

/** `Deployment log-lab/log-processor`. */
export function describe(reference: { kind: string; metadata: { name: string; namespace?: string } }): string {
  const { name, namespace } = reference.metadata;
  return `${reference.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
