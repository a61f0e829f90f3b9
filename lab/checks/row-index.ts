/** Finds the database's row of an operation by its number. */
import type { AuditRows } from '../history/audit-rows.ts';
import type { LoadHistory } from '../history/history.ts';

export interface RowIndex {
  /** Index of the row of the log with this number; undefined when the database has none. */
  find: (seq: number) => number | undefined;
  /** Indexes of the load's rows whose number no request had. */
  strangers: number[];
}

/** `indexes` are those of the load's rows. Arrays by number instead of maps, since a run may have a million rows. */
export function indexRows({ operations }: LoadHistory, rows: AuditRows, indexes: readonly number[]): RowIndex {
  let highest = -1;
  for (let index = 0; index < operations.length; index += 1) highest = Math.max(highest, operations.seq(index));
  const asked = new Uint8Array(highest + 1);
  for (let index = 0; index < operations.length; index += 1) asked[operations.seq(index)] = 1;
  const found = new Int32Array(highest + 1).fill(-1);
  const strangers: number[] = [];
  for (const index of indexes) {
    const seq = rows.seq(index);
    if (asked[seq] === 1) found[seq] = index;
    else strangers.push(index);
  }
  const find = (seq: number) => (found[seq]! < 0 ? undefined : found[seq]);
  return { find, strangers };
}

/** Indexes of the rows of each load, by the load's number. */
export function rowsByLoad(rows: AuditRows): Map<number, number[]> {
  const byLoad = new Map<number, number[]>();
  let ofLoad: number[] | undefined;
  for (let index = 0; index < rows.length; index += 1) {
    const loadIndex = rows.loadIndex(index);
    // Rows of a load follow each other.
    if (index === 0 || loadIndex !== rows.loadIndex(index - 1)) ofLoad = byLoad.get(loadIndex);
    if (!ofLoad) byLoad.set(loadIndex, (ofLoad = []));
    ofLoad.push(index);
  }
  return byLoad;
}
