/**
 * Group commit: while one batch is being committed, what arrives is gathered, and goes out together when it is done. The
 * busier the service, the larger the batches, with no time spent waiting for a batch to fill.
 */

export interface Sized {
  bytes: number;
}

export interface GroupCommitOptions<T, R> {
  /** Commits a batch; resolves with one result for each item, in their order. */
  write(items: T[]): Promise<R[]>;
  limits: GroupCommitLimits;
  /** What a submission is rejected with that finds the queue full, or has been in it for too long. */
  queueFull(): Error;
  queueTimeout(): Error;
}

export interface GroupCommitLimits {
  batchItems: number;
  batchBytes: number;
  queueItems: number;
  queueBytes: number;
  /** Longest time in the queue before the commit begins. */
  queueMs: number;
}

/** Items that were submitted together are committed together. */
interface Submission<T, R> {
  items: readonly T[];
  bytes: number;
  submittedAt: number;
  /** Takes its results out of those of the batch, where they begin at the index. */
  resolve: (results: R[], start: number) => void;
  reject: (error: unknown) => void;
}

/** A second batch is sent behind the first, so that the database does not idle while this process is busy with answers... */
const BATCHES_IN_FLIGHT = 2;

/** ...but none smaller than this: each statement has a cost of its own, and waiting makes batches larger. */
const SMALLEST_FOLLOWER = 8;

/** How much of the most items under way is remembered from one batch to the next: half of it is forgotten after 34. */
const MEMORY = 0.98;

export class GroupCommit<T extends Sized, R> {
  readonly #options: GroupCommitOptions<T, R>;
  #queue: Submission<T, R>[] = [];
  #queuedItems = 0;
  #queuedBytes = 0;
  #inFlight = 0;
  #inFlightItems = 0;
  /** The most items that were lately queued and in flight together. */
  #mostUnderWay = 0;
  #flushScheduled = false;
  #roomWaiters: (() => void)[] = [];

  constructor(options: GroupCommitOptions<T, R>) {
    this.#options = options;
  }

  /** Items that wait for a commit to begin. */
  get depth(): number {
    return this.#queuedItems;
  }

  /** Resolves after the commit. Rejects at once when the queue is full. */
  submit(item: T): Promise<R> {
    const { queueItems, queueBytes } = this.#options.limits;
    if (!this.#fits(1, item.bytes, queueItems, queueBytes)) return Promise.reject(this.#options.queueFull());
    return new Promise((resolve, reject) => {
      this.#enqueue([item], item.bytes, (results, start) => resolve(results[start]!), reject);
    });
  }

  /**
   * Commits the items together, at most limits.batchItems of them. Waits until at least half of the queue is free, so that
   * whoever sends in bulk leaves room for others and slows down.
   */
  async submitWhenRoom(items: readonly T[]): Promise<R[]> {
    const { queueItems, queueBytes } = this.#options.limits;
    const bytes = items.reduce((sum, { bytes }) => sum + bytes, 0);
    while (!this.#fits(items.length, bytes, queueItems / 2, queueBytes / 2)) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
    return new Promise((resolve, reject) => {
      this.#enqueue(items, bytes, (results, start) => resolve(results.slice(start, start + items.length)), reject);
    });
  }

  /** An empty queue takes any submission: otherwise one that exceeds a limit by itself would wait for ever. */
  #fits(items: number, bytes: number, limitItems: number, limitBytes: number): boolean {
    if (this.#queuedItems === 0) return true;
    return this.#queuedItems + items <= limitItems && this.#queuedBytes + bytes <= limitBytes;
  }

  #enqueue(
    items: readonly T[],
    bytes: number,
    resolve: Submission<T, R>['resolve'],
    reject: Submission<T, R>['reject'],
  ): void {
    this.#queuedItems += items.length;
    this.#queuedBytes += bytes;
    this.#queue.push({ items, bytes, submittedAt: performance.now(), resolve, reject });
    if (this.#isWorthBeginning()) this.#flush();
    else this.#scheduleFlush();
  }

  /**
   * Whether a batch has its share of what is under way. Clients that are answered together send again together: without
   * this they would end up in one batch, and the database would wait for this process and this process for the database.
   */
  #isWorthBeginning(): boolean {
    const share = Math.max(SMALLEST_FOLLOWER, this.#mostUnderWay / BATCHES_IN_FLIGHT);
    return this.#inFlight < BATCHES_IN_FLIGHT && this.#queuedItems >= share;
  }

  /** After the current round of the event loop, so that requests that arrived together are committed together. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#queue.length > 0 && (this.#inFlight === 0 || this.#isWorthBeginning())) {
      void this.#commit(this.#takeBatch());
    }
  }

  async #commit(batch: Submission<T, R>[]): Promise<void> {
    if (batch.length === 0) return;
    const items = batch.flatMap(({ items }) => items);
    this.#inFlight++;
    this.#inFlightItems += items.length;
    this.#mostUnderWay = Math.max(this.#inFlightItems + this.#queuedItems, this.#mostUnderWay * MEMORY);
    try {
      const results = await this.#options.write(items);
      let start = 0;
      for (const { items, resolve } of batch) {
        resolve(results, start);
        start += items.length;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#inFlight--;
      this.#inFlightItems -= items.length;
      this.#flush();
    }
  }

  #takeBatch(): Submission<T, R>[] {
    const { batchItems, batchBytes, queueMs } = this.#options.limits;
    const oldest = performance.now() - queueMs;
    const batch: Submission<T, R>[] = [];
    let items = 0;
    let bytes = 0;
    let taken = 0;
    for (const submission of this.#queue) {
      const full = items + submission.items.length > batchItems || bytes + submission.bytes > batchBytes;
      if (full && items > 0) break;
      taken++;
      this.#queuedItems -= submission.items.length;
      this.#queuedBytes -= submission.bytes;
      if (submission.submittedAt < oldest) {
        submission.reject(this.#options.queueTimeout());
        continue;
      }
      batch.push(submission);
      items += submission.items.length;
      bytes += submission.bytes;
    }
    this.#queue = this.#queue.slice(taken);
    this.#wakeRoomWaiters();
    return batch;
  }

  #wakeRoomWaiters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const wake of waiters) wake();
  }
}
