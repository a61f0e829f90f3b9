/** One request and its response through the ingress. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Backend, Endpoint } from '../backend.ts';
import type { IngressRoute } from '../protocol.ts';
import { respondError } from './error-page.ts';
import { bodyOf, requestHead, type BodyFraming, type RequestTarget } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { Upstream, UpstreamPool, UpstreamUser } from './upstream.ts';

/** ingress-nginx: proxy-next-upstream-tries. */
const MOST_TRIES = 3;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

export class Exchange implements UpstreamUser {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #target: RequestTarget;
  readonly #route: IngressRoute;
  readonly #backend: Backend;
  readonly #pool: UpstreamPool;
  readonly #body: BodyFraming;
  readonly #tried = new Set<string>();
  #endpoint!: Endpoint;
  #upstream: Upstream | undefined;
  #head: ResponseHead | undefined;
  /** The head of the request has been written to an endpoint. */
  #sent = false;
  #bodyBytes = 0;
  #bodyStarted = false;
  #bodyDone: boolean;

  /** Throws RequestError when the request cannot be passed on. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    route: IngressRoute,
    backend: Backend,
    pool: UpstreamPool,
  ) {
    this.#request = request;
    this.#response = response;
    this.#target = target;
    this.#route = route;
    this.#backend = backend;
    this.#pool = pool;
    this.#body = bodyOf(request);
    this.#bodyDone = this.#body === 'none';
  }

  start(): void {
    this.#response.on('close', () => {
      // The client has gone, or was answered before all of its request was passed on.
      if (this.#upstream) this.#release(false);
    });
    this.#response.on('drain', () => this.#upstream?.socket.resume());
    this.#try(502);
  }

  connected(): void {
    this.#send(this.#upstream!);
  }

  head(head: ResponseHead): void {
    this.#head = head;
    this.#response.writeHead(head.status, head.reason, head.headers);
    // What an endpoint sends early (server-sent events) the client sees early.
    if (head.framing !== 'length') this.#response.flushHeaders();
  }

  data(chunk: Buffer): void {
    if (!this.#response.write(chunk)) this.#upstream?.socket.pause();
  }

  end(reusable: boolean): void {
    this.#release(reusable && this.#bodyDone);
    this.#response.end();
  }

  drained(): void {
    this.#request.resume();
  }

  failed(_error: Error, timedOut: boolean): void {
    this.#upstream = undefined;
    this.#endpoint.counts.open--;
    this.#endpoint.counts.failed++;
    if (this.#response.destroyed) return;
    // Too late for another status: only a broken connection tells the client that the response is not whole.
    if (this.#response.headersSent) this.#response.destroy();
    else if (this.#mayRepeat()) this.#try(timedOut ? 504 : 502);
    else this.#refuse(timedOut ? 504 : 502);
  }

  /** `failure` is the answer when there is no other endpoint to try. */
  #try(failure: number): void {
    const endpoint = this.#tried.size < MOST_TRIES ? this.#untried() : undefined;
    if (!endpoint) return this.#refuse(failure);
    this.#tried.add(endpoint.id);
    this.#endpoint = endpoint;
    endpoint.counts.open++;
    endpoint.counts.total++;
    this.#upstream = this.#pool.take(endpoint);
    this.#upstream.begin(this, this.#request.method ?? 'GET');
    if (!this.#upstream.socket.connecting) this.#send(this.#upstream);
  }

  #untried(): Endpoint | undefined {
    for (let i = 0; i < this.#backend.endpoints.length; i++) {
      const endpoint = this.#backend.next();
      if (endpoint && !this.#tried.has(endpoint.id)) return endpoint;
    }
    return undefined;
  }

  /**
   * A request that no endpoint has seen may go to the next one. One that was sent may have been executed: only if executing
   * it twice does no harm, and no part of its body is gone.
   */
  #mayRepeat(): boolean {
    if (!this.#sent) return true;
    return IDEMPOTENT.has(this.#request.method ?? '') && !this.#bodyStarted;
  }

  #send(upstream: Upstream): void {
    this.#sent = true;
    upstream.setTimeout(this.#route.readTimeoutMs);
    upstream.socket.write(requestHead(this.#request, this.#target, this.#body), 'latin1');
    if (this.#body !== 'none' && !this.#bodyStarted) this.#sendBody();
  }

  #sendBody(): void {
    this.#bodyStarted = true;
    this.#request.on('data', (chunk: Buffer) => this.#sendChunk(chunk));
    this.#request.on('end', () => {
      this.#bodyDone = true;
      if (this.#body === 'chunked') this.#upstream?.socket.write('0\r\n\r\n', 'latin1');
    });
  }

  #sendChunk(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    const { bodyLimit } = this.#route;
    if (bodyLimit > 0 && this.#bodyBytes > bodyLimit) return this.#refuse(413);
    const socket = this.#upstream?.socket;
    if (!socket) return;
    if (this.#body === 'chunked') socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    const more = socket.write(chunk);
    if (this.#body === 'chunked') socket.write('\r\n', 'latin1');
    if (!more) this.#request.pause();
  }

  #refuse(status: number): void {
    if (this.#upstream) this.#release(false);
    if (this.#response.headersSent) this.#response.destroy();
    else respondError(this.#response, status, { close: !this.#bodyDone });
  }

  #release(reusable: boolean): void {
    const upstream = this.#upstream!;
    this.#upstream = undefined;
    this.#endpoint.counts.open--;
    // What is still to come of the body goes nowhere now; unread, it would keep the client's connection from its next request.
    if (!this.#bodyDone) this.#request.resume();
    if (reusable && this.#head) this.#pool.put(this.#endpoint, upstream, this.#head);
    else upstream.destroy();
  }
}
