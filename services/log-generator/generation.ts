/** One run: logs from a seed, sent at a rate, counted. */
import { generateLogs } from './logs.ts';
import { Pace } from './pacing.ts';
import type { Delivery, Sender } from './sender.ts';

export interface GenerationRequest {
  /** Infinity for as long as the signal lets it. */
  count: number;
  /** Logs per second; undefined for as fast as answers come. */
  rate: number | undefined;
  seed: number;
}

/** sent = acknowledged + failed + indeterminate. */
export interface GenerationResult {
  seed: number;
  sent: number;
  /** Answered with 201, or with 200 because they were stored before. */
  acknowledged: number;
  duplicates: number;
  /** Certainly not stored. */
  failed: number;
  /** Perhaps stored: no answer told. */
  indeterminate: number;
  /** Attempts beyond the first, of all logs together. */
  retried: number;
  /** Acknowledged logs by who acknowledged them. */
  byPod: Record<string, number>;
  byNode: Record<string, number>;
  durationMs: number;
  /** Logs begun per second. */
  achievedRate: number;
}

/**
 * Never more than `concurrency` logs under way; when all are, the pace falls behind and catches up later.
 * Ends early when the signal is aborted, after what is under way.
 */
export async function generate(
  request: GenerationRequest,
  sender: Pick<Sender, 'send'>,
  concurrency: number,
  signal: AbortSignal,
  onDelivery: (delivery: Delivery) => void = () => {},
): Promise<GenerationResult> {
  const tally = new Tally(request.seed);
  const pace = new Pace(request.rate);
  const logs = generateLogs(request.seed, () => new Date().toISOString());
  let left = request.count;
  const sendUntilDone = async () => {
    while (left-- > 0) {
      await pace.next(signal);
      if (signal.aborted) return;
      tally.begin();
      const delivery = await sender.send(logs.next().value, signal);
      tally.add(delivery);
      onDelivery(delivery);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendUntilDone));
  return tally.result();
}

class Tally {
  readonly #startedAt = performance.now();
  #lastBegunAt = this.#startedAt;
  readonly #counts: Omit<GenerationResult, 'durationMs' | 'achievedRate'>;

  constructor(seed: number) {
    this.#counts = {
      seed,
      sent: 0,
      acknowledged: 0,
      duplicates: 0,
      failed: 0,
      indeterminate: 0,
      retried: 0,
      byPod: {},
      byNode: {},
    };
  }

  begin(): void {
    this.#counts.sent++;
    this.#lastBegunAt = performance.now();
  }

  add({ outcome, retries, pod, node }: Delivery): void {
    const counts = this.#counts;
    counts.retried += retries;
    if (outcome === 'failed' || outcome === 'indeterminate') {
      counts[outcome]++;
      return;
    }
    counts.acknowledged++;
    if (outcome === 'duplicate') counts.duplicates++;
    counts.byPod[pod] = (counts.byPod[pod] ?? 0) + 1;
    counts.byNode[node] = (counts.byNode[node] ?? 0) + 1;
  }

  result(): GenerationResult {
    const intervals = Math.max(0, this.#counts.sent - 1);
    const sendingSeconds = (this.#lastBegunAt - this.#startedAt) / 1000;
    return {
      ...this.#counts,
      durationMs: Math.round(performance.now() - this.#startedAt),
      achievedRate: sendingSeconds > 0 ? intervals / sendingSeconds : 0,
    };
  }
}
