/** The embedded API as its components and the HTTP server use it. */
import type { ApiOptions } from './api-options.ts';
import type {
  ApiClient,
  DeleteOptions,
  ListOptions,
  PatchType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import type { Input } from './decoding.ts';
import { Registry } from './registry.ts';
import { Store } from './store.ts';
import type { KubeObject, Kinds, Plural, Stored } from './types.ts';

export interface EmbeddedApi extends ApiClient {
  /** Deletes everything selected. Returns the objects as they now are (or last were). */
  deleteCollection<P extends Plural>(plural: P, selection: ListOptions, options?: DeleteOptions): Stored<Kinds[P]>[];
}

/** EmbeddedApi without the kinds: what the registry does is the same for all of them. */
interface Untyped {
  resourceVersion(): string;
  get(plural: Plural, namespace: string | undefined, name: string): KubeObject;
  find(plural: Plural, namespace: string | undefined, name: string): KubeObject | undefined;
  list(plural: Plural, options?: ListOptions): KubeObject[];
  create(plural: Plural, object: Input, options?: WriteOptions): KubeObject;
  update(plural: Plural, object: Input, options?: WriteOptions): KubeObject;
  patch(
    plural: Plural,
    namespace: string | undefined,
    name: string,
    patch: { type: PatchType; body: unknown },
    options?: WriteOptions,
  ): KubeObject;
  delete(plural: Plural, namespace: string | undefined, name: string, options?: DeleteOptions): KubeObject;
  deleteCollection(plural: Plural, selection: ListOptions, options?: DeleteOptions): KubeObject[];
  bind(namespace: string, pod: string, nodeName: string): void;
  evict(namespace: string, pod: string, options?: DeleteOptions): void;
  watch(plural: Plural, options: WatchOptions, handler: (event: WatchEvent<KubeObject>) => void): () => void;
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
