/** Gives each namespace its service account `default`. */
import type { ApiClient } from '../api/client.ts';
import { watch } from './runtime.ts';
import type { Controller } from './runtime.ts';

export function serviceAccountController(client: ApiClient): Controller {
  return {
    name: 'service-account',
    watches: [
      watch('namespaces', ({ metadata }) => [metadata.name]),
      watch('serviceaccounts', ({ metadata }) => [metadata.namespace!]),
    ],
    reconcile(name) {
      const namespace = client.find('namespaces', undefined, name);
      if (!namespace || namespace.metadata.deletionTimestamp !== undefined) return undefined;
      if (!client.find('serviceaccounts', name, 'default')) {
        client.create('serviceaccounts', { metadata: { namespace: name, name: 'default' } });
      }
      return undefined;
    },
  };
}
