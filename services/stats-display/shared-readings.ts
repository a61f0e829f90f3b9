/** Lets requests that come while the database is being read share the next reading: many viewers cost no more than a few. */
import type { Stats, StatsQuery } from './stats.ts';

export class SharedReadings {
  readonly #read: (query: StatsQuery) => Promise<Stats>;
  /** Readings that have not begun. A request never shares one that has: it must see what was stored before it came. */
  readonly #waiting = new Map<string, Promise<Stats>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(read: (query: StatsQuery) => Promise<Stats>) {
    this.#read = read;
  }

  read(query: StatsQuery): Promise<Stats> {
    const key = `${query.minutes} ${query.templates}`;
    const waiting = this.#waiting.get(key);
    if (waiting) return waiting;
    const reading = this.#last.then(() => {
      this.#waiting.delete(key);
      return this.#read(query);
    });
    this.#waiting.set(key, reading);
    this.#last = reading.catch(() => {});
    return reading;
  }
}
