/**
 * JSON requests to a Kubernetes API, with the library's kubeconfig, authentication and discovery.
 *
 * The library's own typed calls rebuild each object from its models and thereby drop the fields they do not know, so that the
 * server could never report them: objects go over the wire here as they are.
 */
import { HttpMethod, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import type { KubeObject, ObjectReference } from './objects.ts';

export interface RequestOptions {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  /** Ends the request, which then throws. */
  signal?: AbortSignal;
  /** Called with each `Warning:` of the server. */
  warn?: (message: string) => void;
}

/** The API's answer was an error: `reason` and `code` as in its Status. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: number;
  readonly reason: string;
  readonly details: unknown;

  constructor(code: number, reason: string, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export class RestApi extends KubernetesObjectApi {
  /** Answers the body as text. Throws ClusterError on any status of 400 and more. */
  async request(method: HttpMethod, path: string, options: RequestOptions = {}): Promise<string> {
    const context = this.configuration.baseServer.makeRequestContext(path, method);
    context.setHeaderParam('Accept', 'application/json, */*;q=0.8');
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) context.setQueryParam(key, String(value));
    }
    if (options.body !== undefined) {
      context.setHeaderParam('Content-Type', options.contentType ?? 'application/json');
      context.setBody(JSON.stringify(options.body));
    }
    if (options.signal !== undefined) context.setSignal(options.signal);
    await this.configuration.authMethods.default?.applySecurityAuthentication(context);
    const response = await this.configuration.httpApi.send(context).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode >= 400) throw toClusterError(response.httpStatusCode, text);
    reportWarnings(response.headers['warning'], options.warn);
    return text;
  }

  async json<T = any>(method: HttpMethod, path: string, options: RequestOptions = {}): Promise<T> {
    return JSON.parse(await this.request(method, path, options)) as T;
  }

  /** Path of an object, or of its kind's collection when `name` is undefined. Throws ClusterError 404 for an unknown kind. */
  async pathOf(reference: Omit<ObjectReference, 'name'> & { name?: string | undefined }): Promise<string> {
    const { apiVersion, kind, namespace, name } = reference;
    const resource = await this.resource(apiVersion, kind).catch((error: unknown) => {
      throw fromLibrary(error, `no resource of kind ${kind} in ${apiVersion}`);
    });
    if (resource === undefined) {
      throw new ClusterError(404, 'NotFound', `this cluster has no kind ${kind} in ${apiVersion}`);
    }
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${root}${scope}/${resource.name}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  }
}

export { HttpMethod };

/** Throws an Error that names the file when it cannot be read or has no such context. */
export function loadKubeconfig(path: string, context?: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  if (context !== undefined) {
    if (!config.contexts.some((entry) => entry.name === context)) {
      throw new Error(
        `${path} has no context "${context}"; it has ${config.contexts.map((entry) => entry.name).join(', ')}`,
      );
    }
    config.setCurrentContext(context);
  }
  return config;
}

function toClusterError(code: number, text: string): ClusterError {
  try {
    const status = JSON.parse(text) as Partial<KubeObject> & { reason?: string; message?: string; details?: unknown };
    return new ClusterError(code, status.reason ?? '', status.message ?? text, status.details);
  } catch {
    return new ClusterError(code, '', text.trim() === '' ? `HTTP ${code}` : text.trim());
  }
}

function fromLibrary(error: unknown, fallback: string): Error {
  const { code } = error as { code?: unknown };
  if (code === 404) return new ClusterError(404, 'NotFound', fallback);
  return error instanceof Error ? error : new Error(String(error));
}

/** `299 - "text"`, several of them separated by commas. */
function reportWarnings(header: string | undefined, warn: ((message: string) => void) | undefined): void {
  if (header === undefined || warn === undefined) return;
  for (const match of header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) warn(match[1]!.replaceAll(/\\(.)/g, '$1'));
}
