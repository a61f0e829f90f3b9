/** The ingress: an HTTP/1.1 proxy that sends each request to a backend by its host and path. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode } from '../../bind.ts';
import type { SocketAddress } from '../../network.ts';
import type { Backend } from '../backend.ts';
import { listenAtFirst } from '../listen.ts';
import type { Binding, IngressRoute } from '../protocol.ts';
import { respondError } from './error-page.ts';
import { Exchange } from './exchange.ts';
import { RequestError, targetOf, type RequestTarget } from './request-head.ts';
import { createRouter, type Router } from './routes.ts';
import { refuseUpgrade, tunnel } from './tunnel.ts';
import { UpstreamPool } from './upstream.ts';

/**
 * Not imported: an import reads every export of the module, and reading http.WebSocket loads a WebSocket client and
 * fetch, which takes as long as all else that this process does at its start (30 ms).
 */
const { createServer } = process.getBuiltinModule('node:http');

/** nginx's keepalive_timeout and client_header_timeout. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 60_000;

interface Match {
  target: RequestTarget;
  route: IngressRoute;
  backend: Backend;
}

export class HttpListener {
  readonly #candidates: readonly SocketAddress[];
  readonly #backends: ReadonlyMap<string, Backend>;
  readonly #server: Server;
  readonly #pool = new UpstreamPool();
  readonly #tunnels = new Set<Socket>();
  #router: Router = createRouter([]);
  #bound: SocketAddress | undefined;

  constructor(candidates: readonly SocketAddress[], backends: ReadonlyMap<string, Backend>) {
    this.#candidates = candidates;
    this.#backends = backends;
    this.#server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: 0, noDelay: true },
      (request, response) => this.#handle(request, response, false),
    );
    this.#server.on('checkContinue', (request, response) => this.#handle(request, response, true));
    this.#server.on('upgrade', (request, socket, early) => this.#upgrade(request, socket as Socket, early));
  }

  async update(routes: readonly IngressRoute[]): Promise<Binding> {
    this.#router = createRouter(routes);
    const endpoints = [...this.#backends.values()].flatMap((backend) => backend.endpoints);
    this.#pool.keepOnly(new Set(endpoints.map((endpoint) => endpoint.id)));
    try {
      this.#bound ??= await listenAtFirst(this.#server, this.#candidates);
      return this.#bound;
    } catch (error) {
      return { error: errorCode(error) };
    }
  }

  async close(): Promise<void> {
    this.#pool.keepOnly(new Set());
    for (const client of this.#tunnels) client.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    try {
      const { target, route, backend } = this.#match(request);
      const length = Number(request.headers['content-length'] ?? 0);
      if (route.bodyLimit > 0 && length > route.bodyLimit) throw new RequestError(413, 'body too large');
      const exchange = new Exchange(request, response, target, route, backend, this.#pool);
      if (expectsContinue) response.writeContinue();
      exchange.start();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      respondError(response, error.status, { close: mayHaveBody(request) });
    }
  }

  #upgrade(request: IncomingMessage, client: Socket, early: Buffer): void {
    this.#tunnels.add(client);
    client.on('close', () => this.#tunnels.delete(client));
    client.on('error', () => client.destroy());
    try {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket' || mayHaveBody(request)) {
        throw new RequestError(400, 'only websocket can be switched to');
      }
      const { target, route, backend } = this.#match(request);
      tunnel(request, client, early, target, route, backend.next()!);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      refuseUpgrade(client, error.status);
    }
  }

  /** Throws RequestError: 400, 404 when no rule matches, 503 when nothing is behind the one that does. */
  #match(request: IncomingMessage): Match {
    const target = targetOf(request);
    const route = this.#router(target.host, target.url);
    if (!route) throw new RequestError(404, 'no rule matches');
    const backend = route.backend === undefined ? undefined : this.#backends.get(route.backend);
    if (!backend || backend.endpoints.length === 0) throw new RequestError(503, 'no endpoint');
    return { target, route, backend };
  }
}

function mayHaveBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
