/**
 * Calls `arrive` for each of `count` requests when it is due: the first at once, then one every `intervalMs`, each
 * reckoned from the first, so that delays do not add up. Times are in milliseconds on the clock `now`. Never early;
 * what is overdue, as after a pause of the process, arrives at once. Returns a function that cancels the rest.
 */
export function startArrivals(
  count: number,
  intervalMs: number,
  now: () => number,
  arrive: (intendedAt: number) => void,
): () => void {
  const firstAt = now();
  let arrived = 0;
  let timer: NodeJS.Timeout | undefined;

  const nextDueAt = () => firstAt + arrived * intervalMs;
  const tick = () => {
    while (arrived < count && nextDueAt() <= now()) {
      const intendedAt = nextDueAt();
      arrived++;
      arrive(intendedAt);
    }
    if (arrived < count) timer = setTimeout(tick, nextDueAt() - now());
  };

  tick();
  return () => {
    arrived = count;
    clearTimeout(timer);
  };
}
