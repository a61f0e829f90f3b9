/** Session affinity by client address: which endpoint a client had last. */

/** Entries of silent clients are dropped once there are this many, so that memory stays bounded. */
const SWEEP_AT = 10_000;

export interface Affinity {
  readonly seconds: number;
  /** The endpoint's id, unless the client has been silent for longer than `seconds`. */
  find(client: string): string | undefined;
  keep(client: string, endpoint: string): void;
}

export function createAffinity(seconds: number, now: () => number = () => performance.now()): Affinity {
  const clients = new Map<string, { endpoint: string; until: number }>();
  const sweep = () => {
    for (const [client, { until }] of clients) if (until <= now()) clients.delete(client);
  };
  return {
    seconds,
    find(client) {
      const kept = clients.get(client);
      return kept && kept.until > now() ? kept.endpoint : undefined;
    },
    keep(client, endpoint) {
      if (clients.size >= SWEEP_AT && !clients.has(client)) sweep();
      clients.set(client, { endpoint, until: now() + seconds * 1000 });
    },
  };
}
