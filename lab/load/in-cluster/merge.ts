/** The records of several workers as that of one load. Pure. */
import type { LoadResult } from '../load.ts';
import { OPERATION_LAYOUT, type OperationColumns } from '../operations.ts';
import { type Recording, toLoadResult } from '../recording.ts';
import { allocateColumns, Words } from '../table.ts';

/** Every operation of every recording once, in order of their numbers. Throws RangeError when two have the same number. */
export function mergeRecordings(recordings: readonly Recording[]): LoadResult {
  const rows = recordings.reduce((total, { columns }) => total + columns.seq.length, 0);
  const columns = allocateColumns(OPERATION_LAYOUT, rows);
  const words = { pod: new Words(), node: new Words(), error: new Words() };
  let offset = 0;
  for (const recording of recordings) {
    for (const name in OPERATION_LAYOUT) {
      const column = name as keyof OperationColumns;
      columns[column].set(recording.columns[column], offset);
    }
    const end = offset + recording.columns.seq.length;
    translate(columns.pod.subarray(offset, end), recording.pods, words.pod);
    translate(columns.node.subarray(offset, end), recording.nodes, words.node);
    translate(columns.error.subarray(offset, end), recording.errors, words.error);
    offset = end;
  }
  const order = orderOf(columns.seq);
  const { operations, ...rest } = toLoadResult({
    columns,
    pods: words.pod.values,
    nodes: words.node.values,
    errors: words.error.values,
    dropped: sum(recordings, 'dropped'),
    connectionsOpened: sum(recordings, 'connectionsOpened'),
    startedAt: Math.min(...recordings.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...recordings.map(({ endedAt }) => endedAt)),
  });
  return { ...rest, operations: operations.pick(order) };
}

/** From a recording's own list of words to the common one, in place. */
function translate(indexes: Uint32Array, own: readonly string[], common: Words): void {
  const commonIndexes = own.map((word) => common.indexOf(word));
  for (const [row, index] of indexes.entries()) indexes[row] = commonIndexes[index]!;
}

function orderOf(seq: Uint32Array): Uint32Array {
  const order = Uint32Array.from(seq, (_, row) => row).sort((a, b) => seq[a]! - seq[b]!);
  const twice = order.find((row, place) => place > 0 && seq[row] === seq[order[place - 1]!]);
  if (twice !== undefined) throw new RangeError(`two workers have the operation ${seq[twice]}`);
  return order;
}

function sum(recordings: readonly Recording[], field: 'dropped' | 'connectionsOpened'): number {
  return recordings.reduce((total, recording) => total + recording[field], 0);
}
