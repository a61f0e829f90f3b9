/** Namespaces: those that every cluster has, and the emptying of one that is deleted. */
import type { NamespaceCondition } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import { isReason } from '../api/errors.ts';
import { resourceOf, RESOURCES } from '../api/resources.ts';
import type { KubeObject, Plural } from '../api/types.ts';
import { watch } from './runtime.ts';
import type { Controller } from './runtime.ts';
import { withCondition } from './shared/conditions.ts';
import { updateStatus } from './shared/write.ts';

const INITIAL_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const FINALIZER = 'kubernetes';
const NAMESPACED = RESOURCES.filter(({ namespaced }) => namespaced).map(({ plural }) => plural);

export function ensureNamespaces(client: ApiClient): void {
  for (const name of INITIAL_NAMESPACES) {
    if (!client.find('namespaces', undefined, name)) client.create('namespaces', { metadata: { name } });
  }
}

export function namespaceController(client: ApiClient): Controller {
  const isLeaving = (name: string): boolean =>
    client.find('namespaces', undefined, name)?.metadata.deletionTimestamp !== undefined;
  return {
    name: 'namespace',
    watches: [
      watch('namespaces', ({ metadata }) => [metadata.name]),
      // The end of each object brings the end of its namespace nearer.
      ...NAMESPACED.map((plural) =>
        watch(plural, ({ metadata }: KubeObject) => (isLeaving(metadata.namespace!) ? [metadata.namespace!] : [])),
      ),
    ],
    reconcile(name) {
      const namespace = client.find('namespaces', undefined, name);
      if (!namespace || namespace.metadata.deletionTimestamp === undefined) return undefined;
      const remaining = NAMESPACED.map((plural) => [plural, empty(client, plural, name)] as const);
      const left = remaining.filter(([, count]) => count > 0);
      if (left.length === 0) {
        const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
        client.update('namespaces', { ...namespace, spec: { ...namespace.spec, finalizers } });
        return undefined;
      }
      const conditions = progress(client, name, left).reduce(
        (all, condition) => withCondition(all, condition),
        namespace.status?.conditions ?? [],
      );
      updateStatus(client, 'namespaces', namespace, { ...namespace.status, conditions });
      return undefined;
    },
  };
}

/** What a namespace says of its deletion while something is left in it. */
function progress(client: ApiClient, namespace: string, left: (readonly [Plural, number])[]): NamespaceCondition[] {
  const fine = (type: string, reason: string, message: string): NamespaceCondition => {
    return { type, status: 'False', reason, message };
  };
  const counts = left.map(([plural, count]) => `${qualified(plural)} has ${count} resource instances`);
  const finalizers = countFinalizers(left.flatMap(([plural]) => client.list(plural, { namespace })));
  return [
    fine('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    fine(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    fine(
      'NamespaceDeletionContentFailure',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${counts.join(', ')}`,
    },
    finalizers.length === 0
      ? fine('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
        },
  ];
}

/** `pods.`, `deployments.apps`: the core group's name is empty. */
function qualified(plural: Plural): string {
  return `${plural}.${resourceOf(plural).group}`;
}

function countFinalizers(objects: KubeObject[]): string[] {
  const counts = new Map<string, number>();
  for (const finalizer of objects.flatMap(({ metadata }) => metadata.finalizers ?? [])) {
    counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
}

/** Deletes all objects of a kind. Returns how many stay for now, waiting for a kubelet or a finalizer. */
function empty(client: ApiClient, plural: Plural, namespace: string): number {
  for (const { metadata } of client.list(plural, { namespace })) {
    if (metadata.deletionTimestamp !== undefined) continue;
    try {
      client.delete(plural, namespace, metadata.name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
  return client.list(plural, { namespace }).length;
}
