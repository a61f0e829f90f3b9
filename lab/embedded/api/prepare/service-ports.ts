/** Gives Services of type NodePort and LoadBalancer their node ports. */
import type { ErrorSubject } from '../status-errors.ts';
import { invalid } from '../status-errors.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

const FIRST = 30_000;
const LAST = 32_767;

/** Ports at the start of the range that are only given out on request, as Kubernetes keeps them for. */
const RESERVED = 86;

const SERVICE: ErrorSubject = { plural: 'services', kind: 'Service', group: '' };

export class ServicePorts {
  private cursor = FIRST + RESERVED;
  private readonly store: Store;
  private readonly isFree: (port: number) => boolean;

  /** @param isFree whether the machine can listen on the port */
  constructor(store: Store, isFree: (port: number) => boolean) {
    this.store = store;
    this.isFree = isFree;
  }

  /**
   * Gives each port of the Service that has none a node port, and checks those that were asked for. `service` is
   * changed. Throws 422 when a port cannot be had.
   */
  assign(service: KubeObject): void {
    const others = this.store.all('services').filter(({ metadata }) => metadata.uid !== service.metadata.uid);
    const taken = new Set<number>(others.flatMap(({ spec }) => nodePortsOf(spec)));
    for (const [index, port] of service.spec.ports.entries()) {
      if (!port.nodePort) {
        port.nodePort = this.next(service, index, new Set([...taken, ...nodePortsOf(service.spec)]));
      } else if (taken.has(port.nodePort)) {
        throw failure(service, index, `${port.nodePort}: provided port is already allocated`);
      } else if (port.nodePort < FIRST || port.nodePort > LAST) {
        const range = `The range of valid ports is ${FIRST}-${LAST}`;
        throw failure(service, index, `${port.nodePort}: provided port is not in the valid range. ${range}`);
      }
    }
  }

  private next(service: KubeObject, index: number, taken: ReadonlySet<number>): number {
    for (let tries = FIRST; tries <= LAST; tries++) {
      const port = this.cursor;
      this.cursor = port === LAST ? FIRST : port + 1;
      if (!taken.has(port) && this.isFree(port)) return port;
    }
    throw failure(service, index, '0: failed to allocate a nodePort: range is full');
  }
}

function nodePortsOf(spec: any): number[] {
  return (spec.ports ?? []).map((port: any) => port.nodePort).filter(Boolean);
}

function failure({ metadata }: KubeObject, index: number, detail: string): Error {
  const field = `spec.ports[${index}].nodePort`;
  return invalid(SERVICE, metadata.name, [{ field, reason: 'FieldValueInvalid', message: `Invalid value: ${detail}` }]);
}
