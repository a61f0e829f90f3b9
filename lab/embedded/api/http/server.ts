/** The HTTPS front of the embedded API. */
import { once, setMaxListeners } from 'node:events';
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NodeAgent } from '../../kubelet/node-agent.ts';
import type { PodNetwork } from '../../network/network.ts';
import type { ApiClient } from '../client.ts';
import { authenticator } from './authentication.ts';
import { makeCertificate } from './certificate.ts';
import { Connections } from './connections.ts';
import { sendError } from './exchange.ts';
import type { Backend, Exchange } from './exchange.ts';
import type { LabHooks } from './lab-hooks.ts';
import { objectClient } from '../object-client.ts';
import { Pages } from './resources/pages.ts';
import { route } from './router.ts';
import type { Routes } from './router.ts';

export interface ApiServerOptions {
  client: ApiClient;
  /** The kubelets by node name, as they are when it is called. */
  agents: () => ReadonlyMap<string, NodeAgent>;
  network: Pick<PodNetwork, 'resolve'>;
  /** Address to listen on. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Bearer token that clients have to show. */
  token: string;
  /** E.g. `v1.35.0`. */
  kubernetesVersion: string;
  labHooks?: LabHooks | undefined;
}

export interface ApiServer {
  /** E.g. `https://127.0.0.1:6443`. */
  url: string;
  /** What clients have to trust. */
  caPem: string;
  /** Ends all watches and streams at once and stops listening. */
  close(): Promise<void>;
}

/** Clients keep their connections for as long as real servers let them. */
const KEEP_ALIVE_MILLISECONDS = 90_000;

/** Resolves when the server listens; rejects when it cannot. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { certPem, keyPem } = await makeCertificate(options.host);
  const closing = new AbortController();
  // Each watch and stream listens for it.
  setMaxListeners(0, closing.signal);
  const handle = requestHandler(options, closing.signal);
  const server = createServer({
    cert: certPem,
    key: keyPem,
    ALPNProtocols: ['http/1.1'],
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    // A body may come slowly, and `kubectl exec` sends its standard input for hours.
    requestTimeout: 0,
  });
  const connections = new Connections();
  server.on('request', (request, response) => {
    connections.add(response);
    void handle(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    connections.addUpgraded(socket);
    void handle(request, upgradeResponse(request, socket), head);
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    closing.abort();
    await connections.end(server);
    await closed;
  };
  return { url: `https://${options.host}:${port}`, caPem: certPem, close };
}

type RequestHandler = (request: IncomingMessage, response: ServerResponse, head?: Buffer) => Promise<void>;

function requestHandler(options: ApiServerOptions, closing: AbortSignal): RequestHandler {
  const { client, agents, network, token, kubernetesVersion, labHooks } = options;
  const backend: Backend = { client: objectClient(client), agents, network, pages: new Pages(), closing };
  const routes: Routes = { authenticate: authenticator(token), kubernetesVersion, labHooks };
  return async (request, response, head) => {
    try {
      await route(newExchange(backend, request, response, head), routes);
    } catch (error) {
      // Of an answer that has begun, only the connection's end can tell that it went wrong.
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    }
  };
}

function newExchange(backend: Backend, request: IncomingMessage, response: ServerResponse, head?: Buffer): Exchange {
  const url = request.url!;
  const at = url.indexOf('?');
  return {
    ...backend,
    request,
    response,
    head,
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
  };
}

/** Node gives a request with an Upgrade header as a bare socket; errors are answered to it as to any other. */
function upgradeResponse(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as IncomingMessage['socket']);
  response.once('finish', () => socket.end());
  // Nobody else listens: a client that goes away is no error of the server.
  socket.on('error', () => socket.destroy());
  return response;
}

function listen(server: Server, { host, port }: ApiServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
