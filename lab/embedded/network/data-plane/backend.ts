/** The endpoints behind a Service's port, and the choice among them. */
import { createAffinity, type Affinity } from './affinity.ts';
import type { BackendConfig, EndpointConfig, EndpointCounts } from './protocol.ts';

export interface Endpoint extends EndpointConfig {
  readonly counts: EndpointCounts;
}

export class Backend {
  #endpoints: readonly Endpoint[] = [];
  #affinity: Affinity | undefined;
  #turn = 0;

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Endpoints that stay keep their counts and their clients. */
  update({ endpoints, affinitySeconds }: BackendConfig): void {
    const known = new Map(this.#endpoints.map((endpoint) => [endpoint.id, endpoint]));
    this.#endpoints = endpoints.map((endpoint) => ({
      ...endpoint,
      counts: known.get(endpoint.id)?.counts ?? { open: 0, total: 0, failed: 0 },
    }));
    if (affinitySeconds !== this.#affinity?.seconds) {
      this.#affinity = affinitySeconds === undefined ? undefined : createAffinity(affinitySeconds);
    }
  }

  /**
   * The endpoint for a new connection from `client` (an address): each an independent, uniformly random choice, as
   * iptables' statistic match makes it for kube-proxy. Undefined when there is none.
   */
  pick(client: string): Endpoint | undefined {
    const endpoints = this.#endpoints;
    const kept = this.#affinity?.find(client);
    const chosen =
      (kept === undefined ? undefined : endpoints.find((endpoint) => endpoint.id === kept)) ??
      endpoints[Math.floor(Math.random() * endpoints.length)];
    if (chosen) this.#affinity?.keep(client, chosen.id);
    return chosen;
  }

  /** The endpoint for a request: each in its turn, as nginx's round robin with equal weights. */
  next(): Endpoint | undefined {
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return undefined;
    this.#turn = (this.#turn + 1) % endpoints.length;
    return endpoints[this.#turn];
  }
}
