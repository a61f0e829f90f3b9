/**
 * The book of a load while it runs: one row for each operation, in typed arrays (47 bytes a row), so that a million
 * operations neither fill the heap nor wake the garbage collector, and can be handed to another thread without a copy.
 */
import { ABORTED, NOT_SENT, type Ending } from './classify.ts';
import { sharedNumber } from './in-cluster/divide.ts';
import type { LoadProgress, LoadSpec } from './load.ts';
import { OPERATION_LAYOUT, OUTCOMES } from './operations.ts';
import type { Recording } from './recording.ts';
import { allocateColumns, Words } from './table.ts';

const OPEN = OUTCOMES.indexOf('open');
const FIRST_CAPACITY = 4096;

export class Recorder {
  /** Requests that exist, answered or not; also the row of the next one. */
  begun = 0;
  completed = 0;
  failed = 0;
  dropped = 0;
  connectionsOpened = 0;

  #columns = allocateColumns(OPERATION_LAYOUT, FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;
  readonly #pods = new Words();
  readonly #nodes = new Words();
  readonly #errors = new Words();
  readonly #completedByPod: number[] = [];
  readonly #startedAt: number;
  #lastEndedAt: number;
  readonly #clockShiftMs: number;
  readonly #spec: Pick<LoadSpec, 'worker'>;

  /** The clock starts when the recorder is made. */
  constructor(spec: Pick<LoadSpec, 'runOriginMs' | 'worker'>) {
    this.#spec = spec;
    this.#clockShiftMs = performance.timeOrigin - spec.runOriginMs;
    this.#startedAt = this.now();
    this.#lastEndedAt = this.#startedAt;
  }

  /** Milliseconds since the run's start, on the clock that all threads share. */
  now(): number {
    return this.#clockShiftMs + performance.now();
  }

  get inFlight(): number {
    return this.begun - this.completed;
  }

  /** Opens the row of a request that was due at `intendedAt`; returns its number among those of this recorder. */
  begin(intendedAt: number): number {
    const seq = this.begun++;
    if (seq === this.#capacity) this.#grow();
    this.#columns.seq[seq] = sharedNumber(this.#spec, seq);
    this.#columns.intendedAt[seq] = intendedAt;
    this.#columns.startedAt[seq] = Number.NaN;
    this.#columns.connection[seq] = -1;
    return seq;
  }

  sent(seq: number, startedAt: number): void {
    this.#columns.startedAt[seq] = startedAt;
  }

  /** Counts a connection that was established; returns its number. */
  connectionOpened(): number {
    return sharedNumber(this.#spec, this.connectionsOpened++);
  }

  carriedBy(seq: number, connection: number): void {
    this.#columns.connection[seq] = connection;
  }

  isOpen(seq: number): boolean {
    return this.#columns.outcome[seq] === OPEN;
  }

  /** Closes the row. Throws when it was closed before: an operation ends once. */
  end(seq: number, ending: Ending): void {
    if (!this.isOpen(seq)) throw new Error(`operation ${seq} ended twice`);
    const columns = this.#columns;
    const endedAt = this.now();
    if (Number.isNaN(columns.startedAt[seq])) columns.startedAt[seq] = endedAt;
    columns.endedAt[seq] = endedAt;
    columns.outcome[seq] = OUTCOMES.indexOf(ending.outcome);
    columns.status[seq] = ending.status;
    columns.node[seq] = this.#nodes.indexOf(ending.node);
    columns.error[seq] = this.#errors.indexOf(ending.error);
    const pod = this.#pods.indexOf(ending.pod);
    columns.pod[seq] = pod;

    this.#lastEndedAt = endedAt;
    this.completed++;
    if (ending.outcome !== 'ok') this.failed++;
    this.#completedByPod[pod] = (this.#completedByPod[pod] ?? 0) + 1;
  }

  /** Closes every open row: what had been sent as aborted, what had not as not sent. */
  abandon(): void {
    for (let seq = 0; seq < this.begun; seq++) {
      if (this.isOpen(seq)) this.end(seq, Number.isNaN(this.#columns.startedAt[seq]) ? NOT_SENT : ABORTED);
    }
  }

  progress(): LoadProgress {
    const counts = this.#completedByPod.map((count, index) => [this.#pods.values[index]!, count] as const);
    return {
      elapsedMs: this.now() - this.#startedAt,
      completed: this.completed,
      failed: this.failed,
      inFlight: this.inFlight,
      byPod: Object.fromEntries(counts.filter(([pod]) => pod !== '')),
    };
  }

  /** Ends the recording and gives its rows away: the recorder is of no further use. */
  finish(): Recording {
    if (this.inFlight > 0) throw new Error(`${this.inFlight} operations have not ended`);
    return {
      columns: allocateColumns(OPERATION_LAYOUT, this.begun, this.#columns),
      pods: this.#pods.values,
      nodes: this.#nodes.values,
      errors: this.#errors.values,
      dropped: this.dropped,
      connectionsOpened: this.connectionsOpened,
      startedAt: this.#startedAt,
      endedAt: this.#lastEndedAt,
    };
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#columns = allocateColumns(OPERATION_LAYOUT, this.#capacity, this.#columns);
  }
}
