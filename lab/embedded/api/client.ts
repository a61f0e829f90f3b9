/**
 * The in-process client of the embedded API: what the REST API does, without the HTTP.
 *
 * Every component of the control plane and every kubelet works through it, and the HTTP server is a thin
 * translation to it, so that a controller can do nothing that a user with kubectl could not.
 * The store is in memory and calls are synchronous: a read and the write that follows it cannot be
 * interleaved with anybody else's.
 */
import type { Kinds, Plural, Stored } from './types.ts';

export interface ListOptions {
  namespace?: string | undefined;
  /** As in the REST API: `app=web,tier in (a,b),!old`. */
  labelSelector?: string | undefined;
  /** As in the REST API: `spec.nodeName=w1,status.phase!=Failed`. */
  fieldSelector?: string | undefined;
}

export interface WriteOptions {
  dryRun?: boolean | undefined;
  /** Recorded in managedFields. */
  fieldManager?: string | undefined;
  /** What to do with fields the schema does not know. In-process default: Strict. */
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
  /** Server-side apply: take over fields that another manager owns instead of failing with 409. */
  force?: boolean | undefined;
  /** Where a write goes; without it, to the object itself (which leaves status as it was). */
  subresource?: 'status' | 'scale' | undefined;
  /** Called for each message that the REST API sends as a `Warning:` header. */
  warn?: ((message: string) => void) | undefined;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number | undefined;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  preconditions?: { uid?: string; resourceVersion?: string } | undefined;
  dryRun?: boolean | undefined;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

export interface WatchOptions extends ListOptions {
  /**
   * Deliver what happened after this version. Throws ApiError 410 (Expired) when the history no longer
   * reaches back that far. Without it: ADDED for everything there is, then what happens.
   */
  resourceVersion?: string | undefined;
}

/** All methods throw ApiError (errors.ts), which carries the Status object that the REST API would answer. */
export interface ApiClient {
  /** The version of the newest write. A list and this, read in one tick, belong together. */
  resourceVersion(): string;
  /** Throws 404 NotFound. `namespace` is undefined for cluster-scoped kinds. */
  get<P extends Plural>(plural: P, namespace: string | undefined, name: string): Stored<Kinds[P]>;
  /** Like get, but undefined where get throws NotFound. */
  find<P extends Plural>(plural: P, namespace: string | undefined, name: string): Stored<Kinds[P]> | undefined;
  list<P extends Plural>(plural: P, options?: ListOptions): Stored<Kinds[P]>[];
  /** Defaults, validates and stores. metadata.generateName is honoured. */
  create<P extends Plural>(plural: P, object: Kinds[P], options?: WriteOptions): Stored<Kinds[P]>;
  /**
   * Replaces. With metadata.resourceVersion set, throws 409 Conflict unless it is the current one.
   * A write that changes nothing stores nothing and wakes nobody.
   */
  update<P extends Plural>(plural: P, object: Kinds[P], options?: WriteOptions): Stored<Kinds[P]>;
  /** `apply` creates what is not there; the others throw 404. */
  patch<P extends Plural>(
    plural: P,
    namespace: string | undefined,
    name: string,
    patch: { type: PatchType; body: unknown },
    options?: WriteOptions,
  ): Stored<Kinds[P]>;
  /**
   * Deletes, or marks for deletion: an object with finalizers keeps its place with a deletionTimestamp until
   * they are gone; a pod that is bound to a node keeps it until the kubelet deletes it with gracePeriodSeconds 0.
   * Returns the object as it now is (or last was).
   */
  delete<P extends Plural>(
    plural: P,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Stored<Kinds[P]>;
  /** The binding subresource: gives the pod its node and sets its PodScheduled condition. 409 if it has one already. */
  bind(namespace: string, pod: string, nodeName: string): void;
  /** The eviction subresource: deletes the pod unless a PodDisruptionBudget forbids it (429 TooManyRequests). */
  evict(namespace: string, pod: string, options?: DeleteOptions): void;
  /**
   * Calls `handler` in order, each time in a later tick than the write. An object that leaves the selection is
   * reported as DELETED. Returns the function that ends the watch.
   */
  watch<P extends Plural>(
    plural: P,
    options: WatchOptions,
    handler: (event: WatchEvent<Stored<Kinds[P]>>) => void,
  ): () => void;
}
