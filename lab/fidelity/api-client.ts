/**
 * Requests to a Kubernetes API exactly as they are written down, and the answers exactly as they come: status, warnings, body.
 * A client library would refuse or repair much of what is to be compared here.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

export interface HttpAnswer {
  code: number;
  /** Texts of the `Warning:` headers; missing when there are none. */
  warnings?: string[];
  /** Parsed when it is JSON. */
  body: any;
}

export interface HttpRequest {
  /** Sent as JSON unless it is text. */
  body?: unknown;
  contentType?: string;
  accept?: string;
  query?: Record<string, string | number | boolean> | undefined;
}

/** What the API's managedFields call the writer. */
const USER_AGENT = 'fidelity/1';

export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;

  /** Reads the current context of the kubeconfig. Throws when the file has none. */
  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, 'utf8'));
    const named = (list: any[], name: string): any => list.find((entry) => entry.name === name);
    const { context } = named(config.contexts, config['current-context']);
    const { cluster } = named(config.clusters, context.cluster);
    const { user } = named(config.users, context.user);
    this.#server = cluster.server;
    this.#headers = { 'user-agent': USER_AGENT, ...(user.token && { authorization: `Bearer ${user.token}` }) };
    this.#agent = new Agent({
      keepAlive: true,
      ca: pem(cluster, 'certificate-authority'),
      cert: pem(user, 'client-certificate'),
      key: pem(user, 'client-key'),
    });
  }

  async call(method: string, path: string, options: HttpRequest = {}): Promise<HttpAnswer> {
    const message = await this.open(method, path, options);
    let text = '';
    for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
    return answerOf(message, text);
  }

  /** The answer as it begins; the caller reads it or destroys it. */
  open(method: string, path: string, { body, contentType, accept, query }: HttpRequest = {}): Promise<IncomingMessage> {
    const url = new URL(this.#server + path);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.append(key, String(value));
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      ...this.#headers,
      accept: accept ?? 'application/json',
      ...(text !== undefined && {
        'content-type': contentType ?? 'application/json',
        'content-length': String(Buffer.byteLength(text)),
      }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent: this.#agent }, resolve);
      outgoing.once('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function pem(entry: Record<string, string>, field: string): Buffer | undefined {
  const data = entry[`${field}-data`];
  if (data !== undefined) return Buffer.from(data, 'base64');
  return entry[field] === undefined ? undefined : readFileSync(entry[field]);
}

function answerOf(message: IncomingMessage, text: string): HttpAnswer {
  const isJson = /json/.test(message.headers['content-type'] ?? '');
  const warnings = [...(message.headers['warning'] ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    match[1]!.replaceAll(/\\(.)/g, '$1'),
  );
  return {
    code: message.statusCode!,
    ...(warnings.length > 0 && { warnings }),
    body: isJson ? JSON.parse(text) : text,
  };
}
