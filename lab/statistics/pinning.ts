/** Whether connections stay with the category of their first request. */

export interface Pinning {
  /** Connections that carried at least one request. */
  connections: number;
  requestsPerConnection: number;
  /** Connections that saw more than one category. */
  moved: number;
  /** Natural logarithm of the probability that none would have moved, had each request been an independent choice. */
  logChance: number;
  pinned: boolean;
}

/** With fewer requests than this on a connection, connections are not few against requests. */
const FEWEST_REQUESTS_PER_CONNECTION = 5;
const LOG_ALPHA = Math.log(1e-6);

const UNSEEN = -1;
const MOVED = -2;

/** Takes the connection (numbers from 0, about dense) and the category of each request, in step; shares of the categories. */
export function pinning(
  connections: ArrayLike<number>,
  choices: ArrayLike<number>,
  shares: readonly number[],
): Pinning {
  let highest = -1;
  for (let index = 0; index < connections.length; index += 1) highest = Math.max(highest, connections[index]!);
  const homes = new Int32Array(highest + 1).fill(UNSEEN);
  const counts = { connections: 0, moved: 0 };
  let logChance = 0;
  for (let index = 0; index < choices.length; index += 1) {
    const connection = connections[index]!;
    const choice = choices[index]!;
    const home = homes[connection]!;
    if (home === UNSEEN) {
      homes[connection] = choice;
      counts.connections += 1;
    } else if (home !== MOVED) {
      logChance += Math.log(shares[home]!);
      if (home !== choice) {
        homes[connection] = MOVED;
        counts.moved += 1;
      }
    }
  }
  const requestsPerConnection = choices.length / Math.max(1, counts.connections);
  const pinned = counts.moved === 0 && requestsPerConnection >= FEWEST_REQUESTS_PER_CONNECTION && logChance < LOG_ALPHA;
  return { ...counts, requestsPerConnection, logChance, pinned };
}
