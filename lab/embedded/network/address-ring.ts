/** Addresses of one node's pods: given out in turn, so that one just given up is not soon another pod's. */

export interface AddressRing {
  /** Throws when every address is in use or was given up less than REST_MS ago. */
  take(): string;
  release(address: string): void;
}

const FIRST_HOST = 2;
const LAST_HOST = 254;
/**
 * Longer than clients keep an address: a cached DNS answer (5 s), a keep-alive connection that is tried again, an
 * endpoint that is still on its way out. A request meant for the old pod must not reach the new one.
 */
const REST_MS = 60_000;

/** Addresses `prefix`2 to `prefix`254, with `prefix` as in `127.20.1.`. */
export function createAddressRing(prefix: string, now: () => number = () => performance.now()): AddressRing {
  const busyUntil = new Map<string, number>();
  let next = FIRST_HOST;
  const advance = () => {
    const address = `${prefix}${next}`;
    next = next === LAST_HOST ? FIRST_HOST : next + 1;
    return address;
  };
  return {
    take() {
      for (let tried = FIRST_HOST; tried <= LAST_HOST; tried++) {
        const address = advance();
        if ((busyUntil.get(address) ?? -Infinity) > now()) continue;
        busyUntil.set(address, Infinity);
        return address;
      }
      throw new Error(`no free pod address in ${prefix}0/24`);
    },
    release: (address) => {
      busyUntil.set(address, now() + REST_MS);
    },
  };
}
