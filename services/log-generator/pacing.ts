/** Keeps a rate without drifting: whoever is late catches up, because each turn is counted from the start. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Timers are not exact; several turns in one wake-up are cheaper than a timer for each, and as good on average. */
const SHORTEST_SLEEP_MS = 2;

export class Pace {
  readonly #msPerTurn: number;
  readonly #startedAt = performance.now();
  #turn = 0;

  /** @param ratePerSecond undefined for as fast as possible */
  constructor(ratePerSecond: number | undefined) {
    this.#msPerTurn = ratePerSecond === undefined ? 0 : 1000 / ratePerSecond;
  }

  /** Resolves when the next turn is due. */
  async next(signal: AbortSignal): Promise<void> {
    const aheadMs = this.#startedAt + this.#turn++ * this.#msPerTurn - performance.now();
    if (aheadMs >= SHORTEST_SLEEP_MS) await sleep(aheadMs, undefined, { signal }).catch(() => {});
  }
}
