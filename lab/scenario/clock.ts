/** The clock of a run: milliseconds since its start, on one monotonic time line for the harness and its load drivers. */

export interface RunClock {
  /** performance.timeOrigin + performance.now() at the start, so that other threads and processes can share it. */
  readonly originMs: number;
  now: () => number;
}

export function startClock(): RunClock {
  const originMs = performance.timeOrigin + performance.now();
  return { originMs, now: () => performance.timeOrigin + performance.now() - originMs };
}
