/** A finished load as it travels from the driver's thread to the harness. */
import type { LoadResult } from './load.ts';
import { type OperationColumns, Operations } from './operations.ts';
import { Words } from './table.ts';

export interface Recording {
  columns: OperationColumns;
  pods: string[];
  nodes: string[];
  errors: string[];
  dropped: number;
  connectionsOpened: number;
  startedAt: number;
  endedAt: number;
}

/** What postMessage may move instead of copying. */
export function transferables({ columns }: Recording): ArrayBuffer[] {
  return Object.values(columns).map((column) => column.buffer);
}

export function toLoadResult({ columns, pods, nodes, errors, ...rest }: Recording): LoadResult {
  const words = { pods: new Words(pods), nodes: new Words(nodes), errors: new Words(errors) };
  return { operations: new Operations(columns, words), ...rest };
}
