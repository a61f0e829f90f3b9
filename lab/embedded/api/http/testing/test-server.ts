/** A server with a small cluster behind it, and a way to speak to it. */
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { createApiClient } from '../../in-process-client.ts';
import type { ApiClient } from '../../client.ts';
import type { LabHooks } from '../lab-hooks.ts';
import { startApiServer } from '../server.ts';
import type { ApiServer } from '../server.ts';
import { FakeAgent } from './fake-agent.ts';

export const TOKEN = 'the-token';
export const NAMESPACE = 'log-lab';

interface Answer {
  code: number;
  headers: IncomingMessage['headers'];
  text: string;
  /** The body as JSON. */
  readonly json: any;
}

interface CallOptions {
  headers?: Record<string, string> | undefined;
  /** Sent as JSON unless it is text already. */
  body?: unknown;
}

export interface TestServer {
  server: ApiServer;
  client: ApiClient;
  agent: FakeAgent;
  /** Sends a request with the token and reads the whole answer. */
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** Sends a request with the token; the answer is read by the caller. */
  open: (method: string, path: string, options?: RequestOptions) => Promise<IncomingMessage>;
  /** For other clients: what to trust. */
  tls: { ca: string };
  close: () => Promise<void>;
}

/** One node (w1) with a running pod (web, container c, port `podPort`), in the namespace `NAMESPACE`. */
export async function startTestServer(labHooks?: LabHooks, podPort = 8080): Promise<TestServer> {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  const agent = new FakeAgent('w1');
  populate(client, podPort);
  const server = await startApiServer({
    client,
    agents: () => new Map([[agent.nodeName, agent]]),
    network: { resolve: (host, port) => ({ host, port }) },
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    kubernetesVersion: 'v1.35.0',
    labHooks,
  });
  const tls = { ca: server.caPem };
  const connections = new Agent({ ...tls, keepAlive: true });
  const open = (method: string, path: string, options: RequestOptions = {}): Promise<IncomingMessage> =>
    send(server.url + path, { method, agent: connections, ...options });
  return {
    server,
    client,
    agent,
    tls,
    open,
    call: async (method, path, { headers, body } = {}) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const type = { 'content-type': 'application/json' };
      const options = { method, agent: connections, headers: { ...(text !== undefined && type), ...headers } };
      return readAnswer(await send(server.url + path, options, text));
    },
    close: async () => {
      await server.close();
      connections.destroy();
    },
  };
}

function send(url: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(options.headers as Record<string, string>) };
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { ...options, headers }, resolve);
    request.once('error', reject);
    request.end(body);
  });
}

async function readAnswer(message: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return {
    code: message.statusCode!,
    headers: message.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

function populate(client: ApiClient, podPort: number): void {
  for (const name of ['default', NAMESPACE]) client.create('namespaces', { metadata: { name } });
  client.create('nodes', { metadata: { name: 'w1' } });
  client.create('pods', {
    metadata: { name: 'web', namespace: NAMESPACE, labels: { app: 'web' } },
    spec: { nodeName: 'w1', containers: [{ name: 'c', image: 'image', ports: [{ containerPort: podPort }] }] },
  });
  setRunning(client, 'web');
}

/** What a kubelet would say of a pod that runs. */
export function setRunning(client: ApiClient, name: string): void {
  const pod = client.get('pods', NAMESPACE, name);
  const containers = pod.spec!.containers.map(({ name, image = '' }) => ({
    name,
    image,
    imageID: image,
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: new Date().toISOString().replace(/\.\d+/, '') } },
  }));
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { phase: 'Running', podIP: '127.0.0.1', conditions, containerStatuses: containers };
  client.update('pods', { ...pod, status }, { subresource: 'status' });
}

/** Objects that a stream of JSON lines carries. */
export async function* jsonLines(message: IncomingMessage): AsyncGenerator<any> {
  let pending = '';
  for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}
