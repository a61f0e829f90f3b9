/** Finds the database's row of an operation by its number. */
import type { AuditRow, LoadHistory } from '../history/history.ts';

export interface RowIndex {
  /** The row of the log with this number; undefined when the database has none. */
  find(seq: number): AuditRow | undefined;
  /** Rows of the load whose number no request had. */
  strangers: AuditRow[];
  rows: AuditRow[];
}

/** An array by number instead of a map, since a run may have a million rows. */
export function indexRows(load: LoadHistory, rows: AuditRow[]): RowIndex {
  const highest = load.operations.reduce((most, { seq }) => Math.max(most, seq), -1);
  const asked = new Uint8Array(highest + 1);
  for (const { seq } of load.operations) asked[seq] = 1;
  const positions = new Int32Array(highest + 1).fill(-1);
  const strangers: AuditRow[] = [];
  for (const [position, row] of rows.entries()) {
    if (asked[row.seq] === 1) positions[row.seq] = position;
    else strangers.push(row);
  }
  return { find: (seq) => rows[positions[seq]!], strangers, rows };
}
