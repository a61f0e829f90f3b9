/** How far several workers are, as one. Pure. */
import type { LoadProgress } from '../load.ts';

export function sumProgress(parts: readonly LoadProgress[]): LoadProgress {
  const total: LoadProgress = { elapsedMs: 0, completed: 0, failed: 0, inFlight: 0, byPod: {} };
  for (const part of parts) {
    total.elapsedMs = Math.max(total.elapsedMs, part.elapsedMs);
    total.completed += part.completed;
    total.failed += part.failed;
    total.inFlight += part.inFlight;
    for (const [pod, count] of Object.entries(part.byPod)) total.byPod[pod] = (total.byPod[pod] ?? 0) + count;
  }
  return total;
}
