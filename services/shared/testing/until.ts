/** Waits in tests for what will be true soon. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/**
 * Resolves with the first result that is neither false nor undefined; a rejection counts as not yet.
 * @throws {Error} with the last reason when the deadline passes
 */
export async function until<T>(
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let reason: unknown;
  while (performance.now() < deadline) {
    try {
      const result = await condition();
      if (result !== false && result !== undefined) return result;
    } catch (error) {
      reason = error;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`not true within ${deadlineMs} ms`, { cause: reason });
}
