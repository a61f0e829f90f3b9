/**
 * A server of known behaviour, to calibrate the drivers against: it does with each request what a script says, and
 * keeps its own exact book of connections and requests.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What to do with a request after its body has been read. */
type Reaction =
  | { kind: 'answer'; status?: number; afterMs?: number; headers?: Record<string, string> }
  /** TCP reset. */
  | { kind: 'reset' }
  /** Close in order, without an answer. */
  | { kind: 'close' }
  /** Keep the connection and never answer. */
  | { kind: 'silence' }
  /** These bytes, then close in order. */
  | { kind: 'raw'; bytes: string };

interface Arrival {
  /** Number of the request, from 1, in order of their arrival. */
  number: number;
  connection: number;
  /** Since the server's start. */
  atMs: number;
}

export type Script = (arrival: Arrival) => Reaction;

/** Times are in milliseconds since the epoch, on the clock of LoadSpec.runOriginMs. */
export interface ServedRequest {
  /** The log's id; empty for a request without a body. */
  id: string;
  connection: number;
  receivedAt: number;
  /** When the answer was handed to the system; undefined when there was none. */
  answeredAt: number | undefined;
  host: string;
  body: string;
}

export class CalibrationServer {
  /** In order of arrival. */
  readonly requests: ServedRequest[] = [];
  connections = 0;
  readonly #script: Script;
  readonly #startedAt = epochMs();
  readonly #numbers = new WeakMap<Socket, number>();
  #server: Server;

  private constructor(script: Script) {
    this.#script = script;
    this.#server = this.#create();
  }

  static async start(script: Script): Promise<CalibrationServer> {
    const server = new CalibrationServer(script);
    await server.#listen(0);
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The ids that came over each connection, in order of arrival. */
  idsByConnection(): string[][] {
    const ids = Array.from({ length: this.connections }, (): string[] => []);
    for (const { connection, id } of this.requests) ids[connection]!.push(id);
    return ids;
  }

  /** Stops, with all its connections, refuses for a while, and listens again on the same port. */
  async restart(downMs: number): Promise<void> {
    const { port } = this;
    await this.close();
    await sleep(downMs);
    this.#server = this.#create();
    await this.#listen(port);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #create(): Server {
    const server = createServer((request, response) => this.#receive(request, response));
    server.on('connection', (socket: Socket) => this.#numbers.set(socket, this.connections++));
    return server;
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const served: ServedRequest = {
        id: body && (JSON.parse(body) as { id: string }).id,
        connection: this.#numbers.get(request.socket)!,
        receivedAt: epochMs(),
        answeredAt: undefined,
        host: request.headers.host ?? '',
        body,
      };
      this.requests.push(served);
      this.#react(served, request.socket, response);
    });
  }

  #react(served: ServedRequest, socket: Socket, response: ServerResponse): void {
    const { connection, receivedAt } = served;
    const arrival = { number: this.requests.length, connection, atMs: receivedAt - this.#startedAt };
    const reaction = this.#script(arrival);
    if (reaction.kind === 'reset') socket.resetAndDestroy();
    else if (reaction.kind === 'close') socket.end();
    else if (reaction.kind === 'raw') {
      served.answeredAt = epochMs();
      socket.end(reaction.bytes);
    } else if (reaction.kind === 'answer' && !reaction.afterMs) answer(served, response, reaction);
    else if (reaction.kind === 'answer') setTimeout(() => answer(served, response, reaction), reaction.afterMs);
  }
}

/** One pod for each connection, three in all: as a Service would spread them in turn. */
export function podOf(connection: number): string {
  return `pod-${connection % 3}`;
}

function answer(served: ServedRequest, response: ServerResponse, reaction: Reaction & { kind: 'answer' }): void {
  if (response.destroyed) return;
  const pod = podOf(served.connection);
  response.writeHead(reaction.status ?? 201, { 'x-pod': pod, 'x-node': `node-of-${pod}`, ...reaction.headers });
  served.answeredAt = epochMs();
  response.end('{}');
}

export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
