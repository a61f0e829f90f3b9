/** Waiting for a condition in tests. */
import { setTimeout as sleep } from 'node:timers/promises';

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/** Resolves with the first truthy result of `check`, which is asked every few milliseconds; fails after `deadlineMs`. */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = 10_000): Promise<Truthy<T>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const result = await check();
    if (result) return result as Truthy<T>;
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${check.toString()}`);
    await sleep(5);
  }
}
