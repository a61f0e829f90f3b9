/** One address and port of a Service: takes connections and relays each to an endpoint. */
import { createServer, type Server, type Socket } from 'node:net';
import { errorCode } from '../bind.ts';
import type { SocketAddress } from '../network.ts';
import type { Backend } from './backend.ts';
import { listenAt, listenAtFirst } from './listen.ts';
import type { Binding } from './protocol.ts';
import { relay } from './relay.ts';

export class TcpListener {
  readonly #candidates: readonly SocketAddress[];
  readonly #backend: Backend;
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #bound: SocketAddress | undefined;

  constructor(candidates: readonly SocketAddress[], backend: Backend) {
    this.#candidates = candidates;
    this.#backend = backend;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /**
   * Listens if there is an endpoint to relay to, and refuses connections otherwise, as kube-proxy's REJECT rule does.
   * A closed port is the only way to refuse on loopback. Where the address had to move it stays open, because another program
   * could get its port meanwhile: there connections are accepted and reset.
   */
  async update(): Promise<Binding> {
    try {
      if (!this.#server.listening) await this.#listen();
      if (this.#backend.endpoints.length === 0 && !this.#moved) await closeServer(this.#server);
      return this.#bound!;
    } catch (error) {
      return { error: errorCode(error) };
    }
  }

  /** Stops listening and resets every connection. */
  async close(): Promise<void> {
    for (const client of this.#open) client.resetAndDestroy();
    await closeServer(this.#server);
  }

  get #moved(): boolean {
    const [wanted] = this.#candidates;
    return this.#bound?.host !== wanted?.host || this.#bound?.port !== wanted?.port;
  }

  /** Once bound it comes back to the same place: others have been told of it. */
  async #listen(): Promise<void> {
    if (this.#bound) await listenAt(this.#server, this.#bound);
    else this.#bound = await listenAtFirst(this.#server, this.#candidates);
  }

  #accept(client: Socket): void {
    const endpoint = this.#backend.pick(client.remoteAddress ?? '');
    if (endpoint) relay(client, endpoint, this.#open);
    else client.resetAndDestroy();
  }
}

/** Resolves when the port is free again, without waiting for connections. */
function closeServer(server: Server): Promise<void> {
  if (server.listening) server.close();
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
