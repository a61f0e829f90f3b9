/** Gives Services their cluster addresses. */
import type { ErrorSubject } from '../status-errors.ts';
import { invalid } from '../status-errors.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

/** Addresses at the start of the range that are only given out on request, as Kubernetes keeps them for. */
const RESERVED = 256;

const SERVICE: ErrorSubject = { plural: 'services', kind: 'Service', group: '' };

/**
 * Which addresses are taken is read from the Services there are: an address is free again when its Service is gone.
 * Addresses are given out in turn, so that one that was just released is not soon another's.
 */
export class ServiceAddresses {
  private readonly first: number;
  private readonly size: number;
  private cursor: number;
  private readonly store: Store;

  /** @param cidr IPv4, such as `127.20.96.0/20`; neither its first nor its last address is given out */
  constructor(cidr: string, store: Store) {
    const [address, bits] = cidr.split('/') as [string, string];
    this.store = store;
    this.size = 2 ** (32 - Number(bits));
    this.first = toNumber(address);
    this.cursor = Math.min(RESERVED, this.size / 2);
  }

  /** Throws 422 when there is none left. */
  next(service: KubeObject): string {
    const taken = this.taken();
    for (let tries = 0; tries < this.size; tries++) {
      const address = toText(this.first + this.cursor);
      this.cursor = (this.cursor % (this.size - 2)) + 1;
      if (!taken.has(address)) return address;
    }
    throw failure(service, undefined, 'failed to allocate a serviceIP: range is full');
  }

  /** Checks an address that was asked for. Throws 422 when it cannot be had. */
  claim(service: KubeObject, address: string): void {
    const offset = toNumber(address) - this.first;
    if (!(offset > 0 && offset < this.size - 1)) {
      const detail = `failed to allocate IP ${address}: the provided network does not match the current range`;
      throw failure(service, address, detail);
    }
    if (this.taken().has(address)) {
      throw failure(service, address, `failed to allocate IP ${address}: provided IP is already allocated`);
    }
  }

  private taken(): Set<string> {
    return new Set(this.store.all('services').flatMap(({ spec }) => spec.clusterIPs ?? []));
  }
}

function failure({ metadata }: KubeObject, address: string | undefined, detail: string): Error {
  const value = address === undefined ? '[]' : JSON.stringify([address]);
  const message = `Invalid value: ${value}: ${detail}`;
  return invalid(SERVICE, metadata.name, [{ field: 'spec.clusterIPs', reason: 'FieldValueInvalid', message }]);
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
