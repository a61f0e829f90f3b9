/** Namespaces: those that every cluster has, and the emptying of one that is deleted. */
import type { ApiClient } from '../api/client.ts';
import { isReason } from '../api/errors.ts';
import { RESOURCES } from '../api/resources.ts';
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
      const counts = left.map(([plural, count]) => `${plural} has ${count} resource instances`);
      const conditions = withCondition(namespace.status?.conditions, {
        type: 'NamespaceContentRemaining',
        status: 'True',
        reason: 'SomeResourcesRemain',
        message: `Some resources are remaining: ${counts.join(', ')}`,
      });
      updateStatus(client, 'namespaces', namespace, { ...namespace.status, conditions });
      return undefined;
    },
  };
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
