/** Whether every pod that is ready can be reached through a Service. */
import { setTimeout as delay } from 'node:timers/promises';
import { probe, type Probed } from './probe.ts';

const PAUSE_MS = 2;

/**
 * Waits until each of the pods has answered. What the API calls ready is reached a little later: kube-proxy gathers the changes of
 * a second before it programs them, and a load that begins before that finds fewer pods than its distribution is judged by.
 *
 * @returns the pods that have not answered within the limit
 */
export async function waitUntilAllAnswer(
  target: Probed,
  pods: readonly string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<string[]> {
  const missing = new Set(pods);
  const deadline = performance.now() + limitMs;
  while (missing.size > 0 && performance.now() < deadline) {
    const answer = await probe(target);
    if (answer?.pod !== undefined) missing.delete(answer.pod);
    await delay(PAUSE_MS, undefined, { signal });
  }
  return [...missing];
}
