/** The logs of a run, as PostgreSQL holds them; 24 bytes each. */
import { Table, Words } from '../load/table.ts';

export interface AuditRow {
  loadIndex: number;
  seq: number;
  pod: string;
  node: string;
  /** How many rows hold this id; the contract demands 1. */
  copies: number;
}

/** An operation's number may have up to 60 bits in the id of a log. */
const LAYOUT = { loadIndex: 'int32', seq: 'float64', pod: 'uint32', node: 'uint32', copies: 'uint32' } as const;

export class AuditRows extends Table<typeof LAYOUT, AuditRow> {
  readonly #pods = new Words();
  readonly #nodes = new Words();

  constructor() {
    super(LAYOUT);
  }

  static from(rows: Iterable<AuditRow>): AuditRows {
    const table = new AuditRows();
    for (const row of rows) table.push(row);
    return table;
  }

  loadIndex(index: number): number {
    return this.columns.loadIndex[index]!;
  }

  seq(index: number): number {
    return this.columns.seq[index]!;
  }

  pod(index: number): string {
    return this.#pods.values[this.columns.pod[index]!]!;
  }

  node(index: number): string {
    return this.#nodes.values[this.columns.node[index]!]!;
  }

  copies(index: number): number {
    return this.columns.copies[index]!;
  }

  override get(index: number): AuditRow {
    return {
      loadIndex: this.loadIndex(index),
      seq: this.seq(index),
      pod: this.pod(index),
      node: this.node(index),
      copies: this.copies(index),
    };
  }

  override set(index: number, row: AuditRow): void {
    const { columns } = this;
    columns.loadIndex[index] = row.loadIndex;
    columns.seq[index] = row.seq;
    columns.pod[index] = this.#pods.indexOf(row.pod);
    columns.node[index] = this.#nodes.indexOf(row.node);
    columns.copies[index] = row.copies;
  }
}
