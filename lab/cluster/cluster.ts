/** One client of the Kubernetes API for every provider: what the harness does to a cluster, and nothing more. */
import type { KubeConfig } from '@kubernetes/client-node';
import { forwardPort, type ForwardedPort } from './forward.ts';
import { NAMESPACE, type KubeObject, type ObjectReference } from './objects.ts';
import { ClusterError, HttpMethod, loadKubeconfig, RestApi } from './rest.ts';
import { watchObjects, type ObjectEvent } from './watch.ts';

/** Owner of the fields that the harness sets, in managedFields. */
const FIELD_MANAGER = 'log-lab';

export interface ListSelection {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export class Cluster {
  readonly #config: KubeConfig;
  readonly #api: RestApi;

  /** Throws an Error when the kubeconfig cannot be read or has no such context. Connects to nothing yet. */
  constructor(kubeconfigPath: string, context?: string) {
    this.#config = loadKubeconfig(kubeconfigPath, context);
    this.#api = this.#config.makeApiClient(RestApi);
  }

  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  /** E.g. `v1.35.0`. */
  async version(): Promise<string> {
    return (await this.#api.json<{ gitVersion: string }>(HttpMethod.GET, '/version')).gitVersion;
  }

  async list(apiVersion: string, kind: string, selection: ListSelection = {}): Promise<KubeObject[]> {
    const { namespace, ...query } = selection;
    const path = await this.#api.pathOf({ apiVersion, kind, ...(namespace !== undefined && { namespace }) });
    const list = await this.#api.json<{ items: KubeObject[] }>(HttpMethod.GET, path, { query });
    return list.items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Pods of the namespace under test, of one app or of all. */
  async pods(app?: string): Promise<KubeObject[]> {
    const selection: ListSelection = { namespace: NAMESPACE };
    if (app !== undefined) selection.labelSelector = `app.kubernetes.io/name=${app}`;
    return this.list('v1', 'Pod', selection);
  }

  /** Throws ClusterError 404. */
  async get(reference: ObjectReference): Promise<KubeObject> {
    return this.#api.json<KubeObject>(HttpMethod.GET, await this.#api.pathOf(reference));
  }

  async find(reference: ObjectReference): Promise<KubeObject | undefined> {
    return undefinedIfMissing(this.get(reference));
  }

  /** Server-side apply with strict field validation: an unknown field is an error, not dropped. */
  async apply(object: KubeObject, warn?: (message: string) => void): Promise<KubeObject> {
    return this.#api.json<KubeObject>(HttpMethod.PATCH, await this.#api.pathOf(referenceTo(object)), {
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: FIELD_MANAGER, force: true, fieldValidation: 'Strict' },
      body: object,
      ...(warn && { warn }),
    });
  }

  /** A dry run goes through all checks and stores nothing. */
  async create(object: KubeObject, { dryRun = false } = {}): Promise<KubeObject> {
    const { name: _, ...collection } = referenceTo(object);
    const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) };
    return this.#api.json<KubeObject>(HttpMethod.POST, await this.#api.pathOf(collection), { query, body: object });
  }

  /** `strategic` merges lists of named things (containers, env) by their names; `merge` replaces lists. */
  async patch(reference: ObjectReference, body: unknown, type: 'merge' | 'strategic' = 'merge'): Promise<KubeObject> {
    return this.#api.json<KubeObject>(HttpMethod.PATCH, await this.#api.pathOf(reference), {
      contentType: type === 'merge' ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
      query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
      body,
    });
  }

  /** Sets spec.replicas through the scale subresource; answers what it was before. */
  async scale(deployment: string, replicas: number): Promise<number> {
    const path = `${await this.#api.pathOf(deploymentReference(deployment))}/scale`;
    const before = await this.#api.json<KubeObject>(HttpMethod.GET, path);
    await this.#api.json(HttpMethod.PATCH, path, {
      contentType: 'application/merge-patch+json',
      query: { fieldManager: FIELD_MANAGER },
      body: { spec: { replicas } },
    });
    return before.spec.replicas as number;
  }

  /** False when there was nothing to delete. */
  async remove(reference: ObjectReference, gracePeriodSeconds?: number): Promise<boolean> {
    const path = await this.#api.pathOf(reference);
    const deletion = this.#api.request(HttpMethod.DELETE, path, {
      query: { gracePeriodSeconds, propagationPolicy: 'Background' },
    });
    return (await undefinedIfMissing(deletion)) !== undefined;
  }

  /** The eviction subresource, as `kubectl drain` uses it. Throws ClusterError 429 while a disruption budget forbids it. */
  async evict(namespace: string, pod: string): Promise<void> {
    await this.#api.request(HttpMethod.POST, `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } },
    });
  }

  /** Whether the user of the kubeconfig may do this (SelfSubjectAccessReview). */
  async mayI(resourceAttributes: Record<string, string | undefined>): Promise<boolean> {
    const apiVersion = 'authorization.k8s.io/v1';
    const review = await this.#api.json<KubeObject>(HttpMethod.POST, `/apis/${apiVersion}/selfsubjectaccessreviews`, {
      body: { apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
    });
    return review.status?.allowed === true;
  }

  /** GET on a port of a pod through the API server's proxy, which waits for minutes for a pod on a dead node. */
  async podHttpGet(pod: string, port: number, path: string, signal?: AbortSignal): Promise<string> {
    const proxied = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}:${port}/proxy${path}`;
    return this.#api.request(HttpMethod.GET, proxied, { ...(signal && { signal }) });
  }

  /** POST of a JSON body to a port of a pod through the API server's proxy. */
  async podHttpPost(pod: string, port: number, path: string, body: unknown): Promise<string> {
    const proxied = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}:${port}/proxy${path}`;
    return this.#api.request(HttpMethod.POST, proxied, { body });
  }

  async podLog(pod: string, options: { tailLines?: number; previous?: boolean } = {}): Promise<string> {
    return this.#api.request(HttpMethod.GET, `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/log`, { query: options });
  }

  /** A local port whose connections end in the pod. */
  async forward(pod: string, port: number, namespace = NAMESPACE): Promise<ForwardedPort> {
    return forwardPort(this.#config, namespace, pod, port);
  }

  /**
   * Every change of the kind's objects until the signal aborts, surviving lost connections, expired versions and restarts of
   * the API server: see watchObjects. Resolves once the first listing has been delivered.
   */
  async watch(
    apiVersion: string,
    kind: string,
    selection: ListSelection,
    handler: (event: ObjectEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace, ...query } = selection;
    const path = await this.#api.pathOf({ apiVersion, kind, ...(namespace !== undefined && { namespace }) });
    await watchObjects(this.#api, this.#config, { path, query, apiVersion, kind }, handler, signal);
  }
}

export function deploymentReference(name: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name };
}

function referenceTo(object: KubeObject): ObjectReference {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace !== undefined && { namespace }) };
}

async function undefinedIfMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ClusterError && error.code === 404) return undefined;
    throw error;
  }
}
