/** The in-process client without its kinds: what HTTP does is the same for all of them. */
import type {
  ApiClient,
  DeleteOptions,
  ListOptions,
  PatchType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import type { KubeObject, Plural } from './types.ts';

export interface ObjectClient extends Pick<ApiClient, 'resourceVersion' | 'bind' | 'evict'> {
  get(plural: Plural, namespace: string | undefined, name: string): KubeObject;
  find(plural: Plural, namespace: string | undefined, name: string): KubeObject | undefined;
  list(plural: Plural, options?: ListOptions): KubeObject[];
  create(plural: Plural, object: object, options?: WriteOptions): KubeObject;
  update(plural: Plural, object: object, options?: WriteOptions): KubeObject;
  patch(
    plural: Plural,
    namespace: string | undefined,
    name: string,
    patch: { type: PatchType; body: unknown },
    options?: WriteOptions,
  ): KubeObject;
  delete(plural: Plural, namespace: string | undefined, name: string, options?: DeleteOptions): KubeObject;
  watch(plural: Plural, options: WatchOptions, handler: (event: WatchEvent<KubeObject>) => void): () => void;
}

export function objectClient(client: ApiClient): ObjectClient {
  return client;
}
