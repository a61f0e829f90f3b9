/** Connections to endpoints: one request at a time on each, kept for the next one. */
import { connect, type Socket } from 'node:net';
import { reset } from '../relay.ts';
import type { ResponseHead } from './response-head.ts';
import { ProtocolError } from './protocol-error.ts';
import { ResponseReader, type ResponseSink } from './response-reader.ts';
import type { EndpointConfig } from '../protocol.ts';

/** ingress-nginx: proxy-connect-timeout, upstream-keepalive-timeout, upstream-keepalive-connections. */
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_MS = 60_000;
const MOST_IDLE = 320;
/** An endpoint that closes an idle connection after N seconds must not meet a request that is on its way just then. */
const HINT_MARGIN_MS = 1_000;

/** What happens to the request that a connection carries. */
export interface UpstreamUser extends ResponseSink {
  connected(): void;
  drained(): void;
  /** Broken, refused, silent for too long (`timedOut`), or not HTTP. The connection is gone. Called at most once. */
  failed(error: Error, timedOut: boolean): void;
}

/**
 * Where all connections read to: a new buffer for each read, as sockets do it on their own, costs more than a copy. It can never
 * be given away, however much was read: a socket is told where its next read goes long before, and all of them are told this.
 */
const scratch = Buffer.allocUnsafe(65_536);

/** The `length` bytes that have just been read, safe from the next read. */
function taken(length: number): Buffer {
  return Buffer.from(scratch.subarray(0, length));
}

export class Upstream {
  readonly socket: Socket;
  readonly #reader = new ResponseReader();
  #user: UpstreamUser | undefined;
  #timeoutMs = CONNECT_TIMEOUT_MS;
  #idleUntil = Infinity;

  constructor({ host, port }: EndpointConfig) {
    this.socket = connect({
      host,
      port,
      noDelay: true,
      onread: { buffer: () => scratch, callback: (n) => this.#received(n) },
    });
    this.socket.setTimeout(CONNECT_TIMEOUT_MS);
    this.socket
      .on('connect', () => this.#user?.connected())
      .on('drain', () => this.#user?.drained())
      .on('timeout', () => this.#fail(new Error('timed out'), true))
      .on('end', () => this.#ended())
      .on('error', (error) => this.#fail(error, false))
      .on('close', () => this.#fail(new Error('closed'), false));
  }

  /** Announces a request with this method, which the user then writes to the socket. */
  begin(user: UpstreamUser, method: string, upgrade = false): void {
    this.#user = user;
    this.#reader.begin(user, method, upgrade);
  }

  /** Between two reads or writes, as proxy-read-timeout; it also ends an idle connection. */
  setTimeout(milliseconds: number): void {
    if (milliseconds === this.#timeoutMs) return;
    this.#timeoutMs = milliseconds;
    this.socket.setTimeout(milliseconds);
  }

  /** No longer in use by a request. */
  rest(head: ResponseHead): void {
    this.#user = undefined;
    const keptMs = head.keepAliveMs === undefined ? IDLE_MS : head.keepAliveMs - HINT_MARGIN_MS;
    this.#idleUntil = performance.now() + Math.min(IDLE_MS, keptMs);
  }

  get usable(): boolean {
    return !this.socket.destroyed && performance.now() < this.#idleUntil;
  }

  /** Ends the connection without telling the user. */
  destroy(): void {
    this.#user = undefined;
    reset(this.socket);
  }

  #received(length: number): boolean {
    this.#read(taken(length));
    return true;
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) console.error('ingress:', error);
      this.#fail(error as Error, false);
    }
  }

  #ended(): void {
    try {
      this.#reader.close();
      this.socket.destroy();
    } catch (error) {
      this.#fail(error as Error, false);
    }
  }

  #fail(error: Error, timedOut: boolean): void {
    const user = this.#user;
    this.destroy();
    user?.failed(error, timedOut);
  }
}

/** Idle connections by endpoint. */
export class UpstreamPool {
  readonly #idle = new Map<string, Upstream[]>();

  /** The connection used last, which is the least likely to be closed by now; a new one when none is idle. */
  take(endpoint: EndpointConfig): Upstream {
    const idle = this.#idle.get(endpoint.id) ?? [];
    for (let upstream = idle.pop(); upstream; upstream = idle.pop()) {
      if (upstream.usable) return upstream;
      upstream.destroy();
    }
    return new Upstream(endpoint);
  }

  put(endpoint: EndpointConfig, upstream: Upstream, head: ResponseHead): void {
    upstream.rest(head);
    const idle = this.#idle.get(endpoint.id);
    if (!idle) this.#idle.set(endpoint.id, [upstream]);
    else if (idle.length < MOST_IDLE) idle.push(upstream);
    else upstream.destroy();
  }

  /** Closes idle connections to endpoints that are no more. */
  keepOnly(endpointIds: ReadonlySet<string>): void {
    for (const [id, idle] of this.#idle) {
      if (endpointIds.has(id)) continue;
      for (const upstream of idle) upstream.destroy();
      this.#idle.delete(id);
    }
  }
}
