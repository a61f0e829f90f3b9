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
  items: T[];
  bytes: number;
  submittedAt: number;
  resolve: (results: R[]) => void;
  reject: (error: unknown) => void;
}

/** A second batch is sent behind the first, so that the database does not idle while this process is busy with answers... */
const BATCHES_IN_FLIGHT = 2;

/** ...but only one of this size: each statement has a cost of its own, and waiting makes batches larger. */
const WORTH_FOLLOWING = 8;

export class GroupCommit<T extends Sized, R> {
  readonly #options: GroupCommitOptions<T, R>;
  #queue: Submission<T, R>[] = [];
  #queuedItems = 0;
  #queuedBytes = 0;
  #inFlight = 0;
  #flushScheduled = false;
  #roomWaiters: (() => void)[] = [];

  constructor(options: GroupCommitOptions<T, R>) {
    this.#options = options;
  }

  /** Items that wait for a commit to begin. */
  get depth(): number {
    return this.#queuedItems;
  }

  /** Resolves after the commit. Rejects at once when the queue is full. At most limits.batchItems at a time. */
  submit(items: T[]): Promise<R[]> {
    const { queueItems, queueBytes } = this.#options.limits;
    return this.#fits(items, queueItems, queueBytes) ? this.#enqueue(items) : Promise.reject(this.#options.queueFull());
  }

  /** Waits until at least half of the queue is free, so that whoever sends in bulk leaves room for others and slows down. */
  async submitWhenRoom(items: T[]): Promise<R[]> {
    const { queueItems, queueBytes } = this.#options.limits;
    while (!this.#fits(items, queueItems / 2, queueBytes / 2)) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
    return this.#enqueue(items);
  }

  /** An empty queue takes any submission: otherwise one that exceeds a limit by itself would wait for ever. */
  #fits(items: T[], limitItems: number, limitBytes: number): boolean {
    if (this.#queuedItems === 0) return true;
    return this.#queuedItems + items.length <= limitItems && this.#queuedBytes + totalBytes(items) <= limitBytes;
  }

  #enqueue(items: T[]): Promise<R[]> {
    const bytes = totalBytes(items);
    this.#queuedItems += items.length;
    this.#queuedBytes += bytes;
    this.#scheduleFlush();
    return new Promise((resolve, reject) =>
      this.#queue.push({ items, bytes, submittedAt: performance.now(), resolve, reject }),
    );
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
    while (this.#queue.length > 0 && this.#mayBegin()) void this.#commit(this.#takeBatch());
  }

  #mayBegin(): boolean {
    if (this.#inFlight === 0) return true;
    return this.#inFlight < BATCHES_IN_FLIGHT && this.#queuedItems >= WORTH_FOLLOWING;
  }

  async #commit(batch: Submission<T, R>[]): Promise<void> {
    if (batch.length === 0) return;
    this.#inFlight++;
    try {
      const results = await this.#options.write(batch.flatMap(({ items }) => items));
      let start = 0;
      for (const { items, resolve } of batch) resolve(results.slice(start, (start += items.length)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#inFlight--;
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

function totalBytes(items: Sized[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}
