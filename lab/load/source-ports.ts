/**
 * Source ports in turn, for a client that stands for many. A node that forwards a Service's connections remembers one
 * that was never answered for two minutes (nf_conntrack_tcp_timeout_syn_sent), and sends whatever comes from the same
 * address and port meanwhile to where that went: to a dead pod, although its endpoint is long gone. Clients of their own
 * would hardly ever meet such a trace; one that opens hundreds of connections a second from one address, with ports that
 * the system picks at random, meets its own all the time.
 */
import { readFileSync } from 'node:fs';

/** With ten seconds for the attempts that a client repeats before it gives up: each counts anew. */
const REMEMBERED_SECONDS = 130;
/** IANA's range for such ports, which other systems keep to. */
const DYNAMIC_RANGE: readonly [first: number, last: number] = [49_152, 65_535];
/** Ports that connections of other programs have left behind come in rows. */
const MOST_TRIED = 50;
const PORT_TAKEN = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);

export class SourcePorts {
  readonly #first: number;
  readonly #count: number;
  #next = 0;

  constructor([first, last] = localRange()) {
    this.#first = first;
    this.#count = last - first + 1;
  }

  /**
   * Moves on with the clock at least as fast as all ports are gone through in the time for which they are remembered, so
   * that several loads in turn do not meet each other's. `nowMs` is wall-clock time.
   */
  take(nowMs = Date.now()): number {
    const byClock = Math.floor((nowMs / 1000 / REMEMBERED_SECONDS) * this.#count);
    this.#next = Math.max(this.#next + 1, byClock);
    return this.#first + (this.#next % this.#count);
  }
}

const SOURCE_PORTS = new SourcePorts();

/** Undefined where the system is to pick: nothing on this machine forwards connections the way a node does. */
export function sourcePortsTo(host: string): SourcePorts | undefined {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return isLoopback ? undefined : SOURCE_PORTS;
}

/** The source port of one connection: the first of several that is free; any where none is given, or those given are all taken. */
export class SourcePortChoice {
  readonly #ports: { take(): number } | undefined;
  #left: number;

  constructor(ports: { take(): number } | undefined) {
    this.#ports = ports;
    this.#left = ports === undefined ? 0 : MOST_TRIED;
  }

  /** To be among the options of net.connect. */
  next(): { localPort?: number } {
    return this.#left-- > 0 ? { localPort: this.#ports!.take() } : {};
  }

  /** Whether an attempt to connect has failed because of its port alone, so that there may be another. */
  isTaken(error: string): boolean {
    return this.#left >= 0 && PORT_TAKEN.has(error);
  }
}

function localRange(): readonly [number, number] {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return [first!, last!];
  } catch {
    return DYNAMIC_RANGE;
  }
}
