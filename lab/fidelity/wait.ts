/** Waiting for a condition, with a deadline. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Long: a real cluster on a small machine takes its time, and an answer that comes late is an answer. */
const DEADLINE_SECONDS = 150;

/** What `look` answers once that is neither undefined nor false. Throws after the deadline, naming what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  deadlineSeconds = DEADLINE_SECONDS,
): Promise<T> {
  const deadline = performance.now() + deadlineSeconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineSeconds} s`);
    await delay(POLL_MS);
  }
}
