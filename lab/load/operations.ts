/** The operations of a load, in 47 bytes each. Where all of them are looked at, ask for single fields rather than for whole rows. */
import type { Operation } from './load.ts';
import { type Columns, Table, Words } from './table.ts';

/** Codes of the column `outcome`; `open` while an operation is under way. */
export const OUTCOMES = ['open', 'ok', 'fail', 'info'] as const;

/** Pod, node and error are indexes into lists of words. */
export const OPERATION_LAYOUT = {
  seq: 'uint32',
  connection: 'int32',
  intendedAt: 'float64',
  startedAt: 'float64',
  endedAt: 'float64',
  outcome: 'uint8',
  status: 'uint16',
  pod: 'uint32',
  node: 'uint32',
  error: 'uint32',
} as const;

export type OperationColumns = Columns<typeof OPERATION_LAYOUT>;

interface WordColumns {
  pods: Words;
  nodes: Words;
  errors: Words;
}

export class Operations extends Table<typeof OPERATION_LAYOUT, Operation> {
  readonly #words: WordColumns;

  /** Empty, or with these columns, which it takes over; all their operations have ended. */
  constructor(columns?: OperationColumns, words = { pods: new Words(), nodes: new Words(), errors: new Words() }) {
    super(OPERATION_LAYOUT, columns, columns?.seq.length);
    this.#words = words;
  }

  static from(operations: Iterable<Operation>): Operations {
    const table = new Operations();
    for (const operation of operations) table.push(operation);
    return table;
  }

  seq(index: number): number {
    return this.columns.seq[index]!;
  }

  connection(index: number): number {
    return this.columns.connection[index]!;
  }

  intendedAt(index: number): number {
    return this.columns.intendedAt[index]!;
  }

  startedAt(index: number): number {
    return this.columns.startedAt[index]!;
  }

  endedAt(index: number): number {
    return this.columns.endedAt[index]!;
  }

  outcome(index: number): Operation['outcome'] {
    return OUTCOMES[this.columns.outcome[index]!] as Operation['outcome'];
  }

  status(index: number): number {
    return this.columns.status[index]!;
  }

  pod(index: number): string {
    return this.#words.pods.values[this.columns.pod[index]!]!;
  }

  node(index: number): string {
    return this.#words.nodes.values[this.columns.node[index]!]!;
  }

  error(index: number): string {
    return this.#words.errors.values[this.columns.error[index]!]!;
  }

  override get(index: number): Operation {
    return {
      seq: this.seq(index),
      connection: this.connection(index),
      intendedAt: this.intendedAt(index),
      startedAt: this.startedAt(index),
      endedAt: this.endedAt(index),
      outcome: this.outcome(index),
      status: this.status(index),
      pod: this.pod(index),
      node: this.node(index),
      error: this.error(index),
    };
  }

  override set(index: number, operation: Operation): void {
    const { columns } = this;
    columns.seq[index] = operation.seq;
    columns.connection[index] = operation.connection;
    columns.intendedAt[index] = operation.intendedAt;
    columns.startedAt[index] = operation.startedAt;
    columns.endedAt[index] = operation.endedAt;
    columns.outcome[index] = OUTCOMES.indexOf(operation.outcome);
    columns.status[index] = operation.status;
    columns.pod[index] = this.#words.pods.indexOf(operation.pod);
    columns.node[index] = this.#words.nodes.indexOf(operation.node);
    columns.error[index] = this.#words.errors.indexOf(operation.error);
  }

  /** A table of its own of the operations at these indexes. */
  pick(indexes: ArrayLike<number>): Operations {
    return new Operations(this.select(indexes), this.#words);
  }

  /** Replaces every time, in place. */
  changeTimes(change: (milliseconds: number) => number): void {
    const { intendedAt, startedAt, endedAt } = this.columns;
    for (const times of [intendedAt, startedAt, endedAt]) {
      for (let index = 0; index < this.length; index += 1) times[index] = change(times[index]!);
    }
  }
}
