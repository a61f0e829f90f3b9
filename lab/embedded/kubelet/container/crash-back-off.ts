/** How long a container that has ended waits for its next start. */

/** A container that ran this long is not taken to be crashing. A constant in Kubernetes, too. */
const RECOVERY_MS = 10 * 60 * 1000;

export class CrashBackOff {
  readonly #initialSeconds: number;
  readonly #maxSeconds: number;
  #nextSeconds = 0;

  constructor(initialSeconds: number, maxSeconds: number) {
    this.#initialSeconds = initialSeconds;
    this.#maxSeconds = maxSeconds;
  }

  /** Seconds to wait, counted from the end of a run: none after the first, then the initial time, doubling up to the longest. */
  afterRun(ranMs: number): number {
    if (ranMs >= RECOVERY_MS) this.reset();
    const seconds = this.#nextSeconds;
    this.#nextSeconds = Math.min(this.#maxSeconds, Math.max(this.#initialSeconds, seconds * 2));
    return seconds;
  }

  reset(): void {
    this.#nextSeconds = 0;
  }
}
