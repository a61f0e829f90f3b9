/** From valid logs to stored ones: processing, group commit, counting. */
import { unavailable } from '../shared/problem.ts';
import { Counter, Gauge, Histogram, type Registry } from '../shared/metrics.ts';
import { GroupCommit, type GroupCommitLimits } from './group-commit.ts';
import type { Log, ProcessedLog } from './log.ts';
import type { LogStore, StoreOutcome } from './log-store.ts';
import type { TemplateCatalogue } from './template-catalogue.ts';

const BATCH_SIZE_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

export class Ingest {
  readonly #commit: GroupCommit<ProcessedLog, StoreOutcome>;
  readonly #templates: TemplateCatalogue;
  readonly #rejected: Counter;

  constructor(store: LogStore, templates: TemplateCatalogue, limits: GroupCommitLimits, metrics: Registry) {
    const stored = metrics.add(new Counter('logs_stored_total', 'Logs newly stored.'));
    const duplicates = metrics.add(new Counter('logs_duplicate_total', 'Logs that were stored before.'));
    const batchSize = metrics.add(new Histogram('ingest_batch_size', 'Logs per commit.', BATCH_SIZE_BOUNDS));
    this.#rejected = metrics.add(new Counter('logs_rejected_total', 'Logs that were not valid.'));
    this.#templates = templates;
    this.#commit = new GroupCommit<ProcessedLog, StoreOutcome>({
      limits,
      queueFull,
      queueTimeout,
      write: async (logs) => {
        batchSize.observe(logs.length);
        const outcomes = await store.write(logs);
        const counts = countOutcomes(outcomes);
        stored.increment(counts.stored);
        duplicates.increment(counts.duplicate);
        this.#rejected.increment(counts.refused);
        return outcomes;
      },
    });
    metrics.add(new Gauge('ingest_queue_depth', 'Logs that wait for a commit to begin.', () => this.#commit.depth));
    metrics.add(new Gauge('log_templates', 'Templates that this pod has met.', () => templates.size));
  }

  process(log: Log): ProcessedLog {
    return { ...log, template: this.#templates.templateFor(log.message), receivedAtMs: Date.now() };
  }

  /** @throws {Problem} 503 when the queue is full, or the outcome is failure or unknown */
  store(log: ProcessedLog): Promise<StoreOutcome> {
    return this.#commit.submit(log);
  }

  /** As store(), but waits for room in the queue. */
  storeMany(logs: ProcessedLog[]): Promise<StoreOutcome[]> {
    return this.#commit.submitWhenRoom(logs);
  }

  countRejected(): void {
    this.#rejected.increment();
  }
}

function countOutcomes(outcomes: StoreOutcome[]): Record<StoreOutcome, number> {
  const counts = { stored: 0, duplicate: 0, refused: 0 };
  for (const outcome of outcomes) counts[outcome]++;
  return counts;
}

export function queueFull() {
  return unavailable('queue-full', 'Too many logs at once', 'The queue is full. Nothing was stored. Try again later.');
}

function queueTimeout() {
  return unavailable(
    'queue-timeout',
    'Too many logs at once',
    'The log waited too long for its turn. Nothing was stored. Try again later.',
  );
}
