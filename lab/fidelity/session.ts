/** What a case has to work with: one cluster, and a namespace of its own in it. */
import { createInterface } from 'node:readline';
import type { ApiClient, HttpAnswer, HttpRequest } from './api-client.ts';
import type { CommandAnswer, Kubectl } from './kubectl.ts';
import { pathOf } from './paths.ts';
import { until } from './wait.ts';

export type PatchType = 'merge' | 'strategic' | 'json' | 'apply';

const PATCH_TYPES: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

type Query = HttpRequest['query'];

export interface WatchEvent {
  type: string;
  object: any;
}

export class Session {
  readonly api: ApiClient;
  readonly namespace: string;
  readonly #kubectl: Kubectl;

  constructor(api: ApiClient, kubectl: Kubectl, namespace: string) {
    this.api = api;
    this.#kubectl = kubectl;
    this.namespace = namespace;
  }

  path(resource: string, name?: string): string {
    return pathOf(this.namespace, resource, name);
  }

  create(resource: string, object: unknown, query?: Query): Promise<HttpAnswer> {
    return this.api.call('POST', this.path(resource), { body: object, query });
  }

  get(resource: string, name: string, options: HttpRequest = {}): Promise<HttpAnswer> {
    return this.api.call('GET', this.path(resource, name), options);
  }

  list(resource: string, query?: Query, accept?: string): Promise<HttpAnswer> {
    return this.api.call('GET', this.path(resource), { query, ...(accept !== undefined && { accept }) });
  }

  replace(resource: string, name: string, object: unknown, query?: Query): Promise<HttpAnswer> {
    return this.api.call('PUT', this.path(resource, name), { body: object, query });
  }

  patch(resource: string, name: string, type: PatchType, body: unknown, query?: Query): Promise<HttpAnswer> {
    return this.api.call('PATCH', this.path(resource, name), { body, contentType: PATCH_TYPES[type], query });
  }

  delete(resource: string, name?: string, query?: Query, body?: unknown): Promise<HttpAnswer> {
    return this.api.call('DELETE', this.path(resource, name), { body, query });
  }

  /** Server-side apply of one object. */
  apply(resource: string, object: any, manager: string, query: Query = {}): Promise<HttpAnswer> {
    return this.patch(resource, object.metadata.name, 'apply', object, { fieldManager: manager, ...query });
  }

  /** Words are separated by spaces; `more` are words that contain some. */
  kubectl(line: string, ...more: string[]): Promise<CommandAnswer> {
    return this.#kubectl.run(this.namespace, [...line.split(' '), ...more]);
  }

  /** With an object (or several) on standard input, for `-f -`. */
  kubectlWith(input: unknown, line: string): Promise<CommandAnswer> {
    const objects = Array.isArray(input) ? input : [input];
    const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    return this.#kubectl.run(this.namespace, line.split(' '), text);
  }

  kubectlUntil(enough: RegExp, line: string): Promise<CommandAnswer> {
    return this.#kubectl.runUntil(this.namespace, line.split(' '), enough);
  }

  until = until;

  /** The object, once it satisfies the condition. */
  object(resource: string, name: string, condition: (object: any) => unknown, deadlineSeconds?: number): Promise<any> {
    return until(
      `${resource} ${name}`,
      async () => {
        const { code, body } = await this.get(resource, name);
        return code === 200 && Boolean(condition(body)) && body;
      },
      deadlineSeconds,
    );
  }

  /** The objects of a resource, once they satisfy the condition. */
  objects(
    resource: string,
    condition: (items: any[]) => unknown,
    query?: Query,
    deadlineSeconds?: number,
  ): Promise<any[]> {
    return until(
      resource,
      async () => {
        const { body } = await this.list(resource, query);
        return Boolean(condition(body.items)) && (body.items as any[]);
      },
      deadlineSeconds,
    );
  }

  gone(resource: string, name: string, deadlineSeconds?: number): Promise<true> {
    return until(
      `end of ${resource} ${name}`,
      async () => (await this.get(resource, name)).code === 404,
      deadlineSeconds,
    );
  }

  /** Events of a watch until there are enough, the server ends it, or it has been silent for ten seconds. */
  async watch(resource: string, query: Query, enough: (events: WatchEvent[]) => boolean): Promise<WatchEvent[]> {
    const message = await this.api.open('GET', this.path(resource), { query: { watch: true, ...query } });
    const events: WatchEvent[] = [];
    const timer = setTimeout(() => message.destroy(), 10_000);
    try {
      for await (const line of createInterface(message)) {
        events.push(JSON.parse(line) as WatchEvent);
        if (enough(events)) break;
      }
    } finally {
      clearTimeout(timer);
      message.destroy();
    }
    return events;
  }

  /** Follows a resource until `stop` is called; events arrive as they happen. */
  async follow(resource: string, query: Query, seen: (event: WatchEvent) => void): Promise<{ stop: () => void }> {
    const message = await this.api.open('GET', this.path(resource), { query: { watch: true, ...query } });
    const lines = createInterface(message).on('line', (line) => seen(JSON.parse(line) as WatchEvent));
    // Stopping destroys the message, which the reader takes for an error.
    lines.on('error', () => {});
    return { stop: () => message.destroy() };
  }
}
