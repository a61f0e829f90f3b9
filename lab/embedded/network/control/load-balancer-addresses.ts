/** Which Service of type LoadBalancer gets which address of the pool, as MetalLB decides it. */
import type { Service } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';

/** MetalLB's annotation today and before 0.15. */
const ANNOTATIONS = ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs'];

export interface Assignment {
  /** Undefined: it stays pending. */
  address: string | undefined;
  /** What the user should know, as an Event: the type decides whether it is trouble. */
  note?: { type: 'Normal' | 'Warning'; reason: string; message: string };
}

/** Remembers who has which address. `reservedFor` is the key (namespace/name) of the Service that owns the first one. */
export class LoadBalancerAddresses {
  readonly #pool: readonly string[];
  readonly #reservedFor: string;
  readonly #held = new Map<string, string>();

  constructor(pool: readonly string[], reservedFor: string) {
    this.#pool = pool;
    this.#reservedFor = reservedFor;
  }

  /** `services` are all that want an address; those not among them give theirs up. Result by uid. */
  assign(services: readonly Stored<Service>[]): Map<string, Assignment> {
    const wanted = new Set(services.map(({ metadata }) => metadata.uid));
    for (const uid of this.#held.keys()) if (!wanted.has(uid)) this.#held.delete(uid);
    return new Map(services.map((service) => [service.metadata.uid, this.#assignOne(service)]));
  }

  #assignOne(service: Stored<Service>): Assignment {
    const { uid, namespace, name } = service.metadata;
    const asked = requested(service);
    const held = this.#held.get(uid);
    if (held !== undefined && (asked === undefined || asked === held || !this.#pool.includes(asked))) {
      return { address: held, ...this.#outsidePool(asked, held) };
    }
    this.#held.delete(uid);
    const taken = new Set(this.#held.values());
    if (`${namespace}/${name}` !== this.#reservedFor) taken.add(this.#pool[0]!);
    const inPool = asked !== undefined && this.#pool.includes(asked);
    const address = inPool ? asked : this.#pool.find((candidate) => !taken.has(candidate));
    if (address === undefined) return failed(`no available IPs: all ${this.#pool.length} are in use`);
    if (taken.has(address)) return failed(`${address} is in use by another service`);
    this.#held.set(uid, address);
    return { address, ...this.#outsidePool(asked, address) };
  }

  #outsidePool(asked: string | undefined, given: string): Pick<Assignment, 'note'> {
    if (asked === undefined || this.#pool.includes(asked)) return {};
    const range = `${this.#pool[0]} to ${this.#pool.at(-1)}`;
    const message = `${asked} is not in this cluster's pool (${range}): assigned ${given} instead`;
    return { note: { type: 'Normal', reason: 'IPAllocated', message } };
  }
}

function failed(why: string): Assignment {
  const message = `Failed to allocate IP: ${why}`;
  return { address: undefined, note: { type: 'Warning', reason: 'AllocationFailed', message } };
}

/** The first of the addresses that the Service asks for. */
function requested({ metadata, spec }: Stored<Service>): string | undefined {
  const annotated = ANNOTATIONS.map((name) => metadata.annotations?.[name]).find(Boolean);
  return annotated?.split(',')[0]?.trim() || spec?.loadBalancerIP || undefined;
}
