/** WebSocket through the ingress: the handshake is read, what follows is passed on as it is. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Endpoint } from '../backend.ts';
import type { IngressRoute } from '../protocol.ts';
import { errorPage, STATUS_CODES } from './error-page.ts';
import { requestHead, type RequestTarget } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { Upstream, type UpstreamUser } from './upstream.ts';

/**
 * Asks `endpoint` to switch protocols. Bytes are passed on blindly only once it has agreed: after any other answer the
 * client could send requests past the rules (request smuggling), so that its connection is closed then.
 * `early` is what the client sent after the request.
 */
export function tunnel(
  request: IncomingMessage,
  client: Socket,
  early: Buffer,
  target: RequestTarget,
  route: IngressRoute,
  endpoint: Endpoint,
): void {
  endpoint.counts.total++;
  endpoint.counts.open++;
  const upstream = new Upstream(endpoint);
  const user = new TunnelUser(client, upstream, early, endpoint);
  upstream.begin(user, 'GET', true);
  upstream.socket.once('connect', () => {
    upstream.setTimeout(route.readTimeoutMs);
    upstream.socket.write(requestHead(request, target, 'none', request.headers.upgrade), 'latin1');
  });
  client.on('error', () => upstream.destroy());
  client.on('close', () => {
    endpoint.counts.open--;
    upstream.destroy();
  });
}

class TunnelUser implements UpstreamUser {
  readonly #client: Socket;
  readonly #upstream: Upstream;
  readonly #early: Buffer;
  readonly #endpoint: Endpoint;
  #answered = false;

  constructor(client: Socket, upstream: Upstream, early: Buffer, endpoint: Endpoint) {
    this.#client = client;
    this.#upstream = upstream;
    this.#early = early;
    this.#endpoint = endpoint;
  }

  connected(): void {}

  head(head: ResponseHead): void {
    this.#answered = true;
    this.#client.write(headText(head), 'latin1');
    if (head.status !== 101) return;
    const { socket } = this.#upstream;
    if (this.#early.length > 0) socket.write(this.#early);
    this.#client.on('data', (chunk) => {
      if (!socket.write(chunk)) this.#client.pause();
    });
    this.#client.on('drain', () => socket.resume());
    this.#client.on('end', () => socket.end());
    this.#client.resume();
  }

  data(chunk: Buffer): void {
    if (!this.#client.write(chunk)) this.#upstream.socket.pause();
  }

  end(): void {
    this.#client.end();
  }

  drained(): void {
    this.#client.resume();
  }

  failed(_error: Error, timedOut: boolean): void {
    this.#endpoint.counts.failed++;
    if (this.#answered) this.#client.destroy();
    else refuseUpgrade(this.#client, timedOut ? 504 : 502);
  }
}

/** The answer to a request that wanted to switch protocols, after which its connection is closed. */
export function refuseUpgrade(client: Socket, status: number): void {
  const page = errorPage(status);
  const headers = ['Content-Type', 'text/html', 'Content-Length', String(Buffer.byteLength(page))];
  client.end(headText({ status, reason: STATUS_CODES[status] ?? '', headers }) + page, 'latin1');
}

/** The body goes on without a transfer coding: whatever is not delimited by its length ends with the connection. */
function headText({ status, reason, headers }: Pick<ResponseHead, 'status' | 'reason' | 'headers'>): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return status === 101 ? `${text}\r\n` : `${text}Connection: close\r\n\r\n`;
}
