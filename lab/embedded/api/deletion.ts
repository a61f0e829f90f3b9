/**
 * What a DELETE does to an object: takes it out, or marks it until its finalizers are gone or, for a pod that runs on a
 * node, until the kubelet says that it is gone. Follows k8s.io/apiserver/pkg/registry/rest/delete.go (BeforeDelete).
 */
import type { DeleteOptions } from './client.ts';
import { timestamp } from './metadata.ts';
import type { KubeObject, Plural } from './types.ts';

const DEFAULT_POD_GRACE_SECONDS = 30;

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export interface Deletion {
  /** The object as it is to be stored, or as it last was; undefined when nothing changes. */
  marked?: KubeObject | undefined;
  /** Whether it is to be taken out. */
  final: boolean;
}

/** Decides what becomes of `object`, which is not changed. */
export function planDeletion(plural: Plural, object: KubeObject, options: DeleteOptions): Deletion {
  const finalizers = finalizersFor(object.metadata.finalizers ?? [], options.propagationPolicy);
  const grace = plural === 'pods' ? podGraceSeconds(object, options) : 0;
  if (grace === undefined) return { final: false };
  const pending = finalizers.length > 0 || (plural === 'namespaces' && (object.spec?.finalizers ?? []).length > 0);
  if (grace === 0 && !pending) {
    // Only pods say in their last state that they were deleted.
    return plural === 'pods' ? { final: true, marked: mark(plural, object, finalizers, 0) } : { final: true };
  }
  return { final: false, marked: mark(plural, object, finalizers, grace) };
}

/** Whether an object that was marked has nothing left to wait for. */
export function isDeletable(plural: Plural, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0 || finalizers.length > 0) return false;
  return plural !== 'namespaces' || (object.spec?.finalizers ?? []).length === 0;
}

function mark(plural: Plural, object: KubeObject, finalizers: string[], grace: number): KubeObject {
  const { metadata } = object;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  const first = deletionTimestamp === undefined;
  const since = first ? 0 : secondsSince(deletionTimestamp, deletionGracePeriodSeconds);
  const { finalizers: _, ...rest } = metadata;
  const marked: KubeObject = {
    ...object,
    metadata: {
      ...rest,
      ...(first && rest.generation !== undefined && { generation: rest.generation + 1 }),
      ...(finalizers.length > 0 && { finalizers }),
      deletionTimestamp: timestamp(grace - since),
      deletionGracePeriodSeconds: grace,
    },
  };
  if (plural === 'namespaces') marked.status = { ...object.status, phase: 'Terminating' };
  return marked;
}

/** How long ago the deletion of which the grace period ends at `deletionTimestamp` was asked for. */
function secondsSince(deletionTimestamp: string, graceSeconds: number): number {
  const asked = Date.parse(deletionTimestamp) / 1000 - graceSeconds;
  return Math.max(0, Math.round(Date.now() / 1000 - asked));
}

/** Seconds until the pod must be gone; undefined when it is being deleted and the request changes nothing. */
function podGraceSeconds(pod: KubeObject, options: DeleteOptions): number | undefined {
  const pending = pod.metadata.deletionTimestamp === undefined ? undefined : pod.metadata.deletionGracePeriodSeconds;
  if (pending === 0) return 0;
  const asked = options.gracePeriodSeconds;
  // A deletion that is under way may only be sped up.
  if (pending !== undefined) return asked === undefined || asked >= pending ? undefined : Math.max(asked, 0);
  const running = Boolean(pod.spec.nodeName) && !['Succeeded', 'Failed'].includes(pod.status?.phase);
  if (!running) return 0;
  const grace = asked ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_POD_GRACE_SECONDS;
  return grace < 0 ? 1 : grace;
}

/** The garbage collector reads from these two finalizers what is to become of an object's dependents. */
function finalizersFor(current: readonly string[], policy: DeleteOptions['propagationPolicy']): string[] {
  if (policy === undefined) return [...current];
  const kept = current.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') return [...kept, ORPHAN];
  return policy === 'Foreground' ? [...kept, FOREGROUND] : kept;
}
