/** What the tests of the API share. */
import { ApiError } from './errors.ts';
import type { EmbeddedApi } from './in-process-client.ts';
import { createApiClient } from './in-process-client.ts';
import type { ApiOptions } from './api-options.ts';
import type { Kinds } from './types.ts';

/** An API with the namespace `default` in it. */
export function newApi(options: Partial<ApiOptions> = {}): EmbeddedApi {
  const api = createApiClient({ serviceCidr: '127.42.96.0/20', ...options });
  api.create('namespaces', { metadata: { name: 'default' } });
  return api;
}

/** The error that `action` throws. Throws itself when there is none, or another than the API's. */
export function failureOf(action: () => unknown): ApiError {
  try {
    action();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Resolves when watchers have been told of all writes so far. */
export function delivered(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

type PodSpec = NonNullable<Kinds['pods']['spec']>;

export function podNamed(
  name: string,
  labels: Record<string, string> = {},
  spec: Partial<PodSpec> = {},
): Kinds['pods'] {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }], ...spec },
  };
}

export function deploymentNamed(
  name: string,
  spec: Partial<NonNullable<Kinds['deployments']['spec']>> = {},
): Kinds['deployments'] {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
      },
      ...spec,
    },
  };
}
