/** Writes that controllers make often. */
import type { ApiClient } from '../../api/client.ts';
import type { KubeObject, Kinds, Plural, Stored } from '../../api/types.ts';

/**
 * Counts that are written even when they are 0; of these kinds the others are left out then. Which ones follows from
 * the tags of Kubernetes' Go types (omitempty).
 */
const WRITTEN_ZEROS: Partial<Record<Plural, readonly string[]>> = {
  deployments: [],
  jobs: ['ready', 'terminating'],
  replicasets: ['replicas'],
  statefulsets: ['replicas', 'availableReplicas'],
};

/**
 * Replaces an object's status; empty lists and counts of 0 are left out. The object is read again first, so that an earlier write of
 * the same reconcile (which nobody else can have come between) does not make this one a conflict.
 */
export function updateStatus<P extends Plural>(
  client: ApiClient,
  plural: P,
  object: KubeObject,
  status: Kinds[P] extends { status?: infer S } ? S : never,
): Stored<Kinds[P]> {
  const { namespace, name } = object.metadata;
  const current = client.get(plural, namespace, name);
  const zeros = WRITTEN_ZEROS[plural];
  const isWritten = ([key, value]: [string, unknown]): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== 0 || zeros === undefined || zeros.includes(key);
  const entries = Object.entries(status as object).filter(isWritten);
  return client.update(plural, { ...current, status: Object.fromEntries(entries) } as unknown as Kinds[P], {
    subresource: 'status',
  });
}

/** Merges into an object's metadata; null removes an entry. */
export function patchMetadata<P extends Plural>(
  client: ApiClient,
  plural: P,
  object: KubeObject,
  metadata: {
    annotations?: Record<string, string | null>;
    labels?: Record<string, string | null>;
    finalizers?: string[];
  },
): Stored<Kinds[P]> {
  const { namespace, name } = object.metadata;
  return client.patch(plural, namespace, name, { type: 'merge', body: { metadata } });
}

/** Removes a finalizer, which lets a deletion that waits for it go on. */
export function removeFinalizer(client: ApiClient, plural: Plural, object: KubeObject, finalizer: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  patchMetadata(client, plural, object, { finalizers });
}
