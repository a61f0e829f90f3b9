/** Who wrote what, for metadata.managedFields. */
import type { ApiClient } from '../../api/client.ts';

/** The same client, whose writes are recorded under the name of this component. */
export function withFieldManager(client: ApiClient, fieldManager: string): ApiClient {
  return {
    ...client,
    create: (plural, object, options) => client.create(plural, object, { fieldManager, ...options }),
    update: (plural, object, options) => client.update(plural, object, { fieldManager, ...options }),
    patch: (plural, namespace, name, patch, options) =>
      client.patch(plural, namespace, name, patch, { fieldManager, ...options }),
  };
}
