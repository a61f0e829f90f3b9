/** The embedded API as its components and the HTTP server use it. */
import type { ApiOptions } from './api-options.ts';
import type { ApiClient, DeleteOptions, ListOptions, WriteOptions } from './client.ts';
import type { Input } from './decoding.ts';
import { Registry } from './registry.ts';
import { Store } from './store.ts';
import type { ObjectClient } from './object-client.ts';
import type { KubeObject, Kinds, Plural, Stored } from './types.ts';

export interface EmbeddedApi extends ApiClient {
  /** Deletes everything selected. Returns the objects as they now are (or last were). */
  deleteCollection<P extends Plural>(plural: P, selection: ListOptions, options?: DeleteOptions): Stored<Kinds[P]>[];
}

/** EmbeddedApi without the kinds: what the registry does is the same for all of them. */
interface Untyped extends ObjectClient {
  create(plural: Plural, object: Input, options?: WriteOptions): KubeObject;
  update(plural: Plural, object: Input, options?: WriteOptions): KubeObject;
  deleteCollection(plural: Plural, selection: ListOptions, options?: DeleteOptions): KubeObject[];
}

/** An empty cluster's API: without objects, addresses given out or watchers. */
export function createApiClient(options: ApiOptions): EmbeddedApi {
  const registry = new Registry(new Store(), options);
  const client: Untyped = {
    resourceVersion: () => registry.store.resourceVersion(),
    get: (plural, namespace, name) => registry.get(plural, namespace, name),
    find: (plural, namespace, name) => registry.find(plural, namespace, name),
    list: (plural, options = {}) => registry.list(plural, options),
    create: (plural, object, options = {}) => registry.create(plural, object, options),
    update: (plural, object, options = {}) => registry.update(plural, object, options),
    patch: (plural, namespace, name, patch, options = {}) => registry.patch(plural, namespace, name, patch, options),
    delete: (plural, namespace, name, options = {}) => registry.delete(plural, namespace, name, options),
    deleteCollection: (plural, selection, options = {}) => registry.deleteCollection(plural, selection, options),
    bind: (namespace, pod, nodeName) => registry.bind(namespace, pod, nodeName),
    evict: (namespace, pod, options = {}) => registry.evict(namespace, pod, options),
    watch: (plural, options, handler) => registry.watch(plural, options, handler),
  };
  return client as unknown as EmbeddedApi;
}
