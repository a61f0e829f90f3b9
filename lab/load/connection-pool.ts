/** The connections of the constant-rate driver: so many kept ones, or any number that carry one request each. */
import { HttpConnection, type ConnectionListener } from './http-connection.ts';
import type { LoadSpec } from './load.ts';
import { sourcePortsTo, type SourcePorts } from './source-ports.ts';

/** A server that announces when it closes idle connections is not raced: they are given up so much earlier. */
const IDLE_MARGIN_MS = 1000;

/** A request that has its row in the recorder and has not ended. */
export interface Request {
  seq: number;
  intendedAt: number;
  deadline: NodeJS.Timeout;
  /** Undefined while the request waits for a connection. */
  lane: Lane | undefined;
}

/** One connection and the request that it carries. */
export class Lane {
  connection!: HttpConnection;
  /** Number of the connection within the load; -1 until it is established. */
  number = -1;
  request: Request | undefined;
  /** Until when it may be used again, on performance.now()'s clock. */
  idleUntil = Infinity;
}

export class ConnectionPool {
  readonly #spec: LoadSpec;
  readonly #limit: number;
  readonly #listen: (lane: Lane) => ConnectionListener;
  readonly #open = new Set<Lane>();
  readonly #idle: Lane[] = [];
  readonly #sourcePorts: SourcePorts | undefined;

  constructor(spec: LoadSpec, listen: (lane: Lane) => ConnectionListener) {
    this.#spec = spec;
    this.#limit = spec.keepAlive ? spec.connections : Infinity;
    this.#listen = listen;
    this.#sourcePorts = sourcePortsTo(spec.host);
  }

  /**
   * A lane without a request; undefined when all are busy. The pool first grows to its full size and then takes what
   * was idle longest, so that all connections share the load: which pod a request sees is decided by its connection.
   */
  take(): Lane | undefined {
    if (this.#open.size < this.#limit) return this.#add();
    const lane = this.#idle.shift();
    if (!lane || performance.now() < lane.idleUntil) return lane;
    this.remove(lane);
    return this.take();
  }

  /** Takes a lane back for further use; `idleLimitMs` is how long the server keeps it. */
  giveBack(lane: Lane, idleLimitMs: number): void {
    lane.idleUntil = performance.now() + idleLimitMs - IDLE_MARGIN_MS;
    this.#idle.push(lane);
  }

  /** Closes a lane, idle or not. */
  remove(lane: Lane): void {
    lane.connection.destroy();
    this.#open.delete(lane);
    const index = this.#idle.indexOf(lane);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  destroy(): void {
    for (const lane of this.#open) lane.connection.destroy();
  }

  #add(): Lane {
    const lane = new Lane();
    const { host, port } = this.#spec;
    lane.connection = new HttpConnection(host, port, this.#listen(lane), this.#sourcePorts);
    this.#open.add(lane);
    return lane;
  }
}
