/** Work that takes time, for experiments: it makes a pod with a known capacity, whatever the machine can do. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface SimulatedWorkOptions {
  /** Time that each request takes; 0 for none. */
  delayMs: number;
  /** Requests in work at a time: capacity is concurrency / delayMs. 0 for no limit. */
  concurrency: number;
  /** Requests that may wait for their turn. */
  queueLimit: number;
  /** What a request is rejected with that finds the queue full. */
  queueFull: () => Error;
}

export class SimulatedWork {
  readonly #options: SimulatedWorkOptions;
  readonly #waiting: (() => void)[] = [];
  #inWork = 0;

  constructor(options: SimulatedWorkOptions) {
    this.#options = options;
  }

  get takesTime(): boolean {
    return this.#options.delayMs > 0;
  }

  /** Resolves when the work is done, in order of arrival. Rejects at once when the queue is full. */
  async perform(): Promise<void> {
    const { delayMs, concurrency } = this.#options;
    if (delayMs === 0) return;
    if (concurrency === 0) {
      await sleep(delayMs);
      return;
    }
    await this.#begin();
    await sleep(delayMs);
    this.#end();
  }

  async #begin(): Promise<void> {
    const { concurrency, queueLimit, queueFull } = this.#options;
    if (this.#inWork < concurrency) this.#inWork++;
    else if (this.#waiting.length >= queueLimit) throw queueFull();
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands its place on, so that nobody who comes meanwhile can take it. */
  #end(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inWork--;
  }
}
