/** A finished load as it travels from the driver's thread to the harness, and its conversion to operations. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadResult, Operation } from './load.ts';

/** Codes of the column `outcome`; a row begins as open. */
export const OUTCOMES = ['open', 'ok', 'fail', 'info'] as const;

/** One element for each operation, at the index of its seq. Pod, node and error are indexes into string tables. */
export interface Columns {
  intendedAt: Float64Array<ArrayBuffer>;
  startedAt: Float64Array<ArrayBuffer>;
  endedAt: Float64Array<ArrayBuffer>;
  connection: Int32Array<ArrayBuffer>;
  status: Uint16Array<ArrayBuffer>;
  pod: Uint16Array<ArrayBuffer>;
  node: Uint16Array<ArrayBuffer>;
  error: Uint16Array<ArrayBuffer>;
  outcome: Uint8Array<ArrayBuffer>;
}

export interface Recording {
  columns: Columns;
  pods: string[];
  nodes: string[];
  errors: string[];
  dropped: number;
  connectionsOpened: number;
  startedAt: number;
  endedAt: number;
}

/** Columns for that many rows; those of `from` are moved into them (which empties `from`) and cut or filled with zeros. */
export function allocateColumns(rows: number, from?: Columns): Columns {
  const buffer = (name: keyof Columns, bytesPerRow: number) =>
    from ? from[name].buffer.transfer(rows * bytesPerRow) : new ArrayBuffer(rows * bytesPerRow);
  return {
    intendedAt: new Float64Array(buffer('intendedAt', 8)),
    startedAt: new Float64Array(buffer('startedAt', 8)),
    endedAt: new Float64Array(buffer('endedAt', 8)),
    connection: new Int32Array(buffer('connection', 4)),
    status: new Uint16Array(buffer('status', 2)),
    pod: new Uint16Array(buffer('pod', 2)),
    node: new Uint16Array(buffer('node', 2)),
    error: new Uint16Array(buffer('error', 2)),
    outcome: new Uint8Array(buffer('outcome', 1)),
  };
}

/** What postMessage may move instead of copying. */
export function transferables({ columns }: Recording): ArrayBuffer[] {
  return Object.values(columns).map((column) => column.buffer);
}

/** So many rows become objects at a time, about 10 ms of work, before other work of the harness has its turn. */
const ROWS_PER_TURN = 20_000;

export async function toLoadResult(recording: Recording): Promise<LoadResult> {
  const { columns, dropped, connectionsOpened, startedAt, endedAt } = recording;
  const operations: Operation[] = [];
  for (let seq = 0; seq < columns.outcome.length; seq++) {
    operations.push(toOperation(recording, seq));
    if (operations.length % ROWS_PER_TURN === 0) await nextTurn();
  }
  return { operations, dropped, connectionsOpened, startedAt, endedAt };
}

function toOperation({ columns, pods, nodes, errors }: Recording, seq: number): Operation {
  const outcome = OUTCOMES[columns.outcome[seq]!]!;
  if (outcome === 'open') throw new Error(`operation ${seq} has not ended`);
  return {
    seq,
    connection: columns.connection[seq]!,
    intendedAt: columns.intendedAt[seq]!,
    startedAt: columns.startedAt[seq]!,
    endedAt: columns.endedAt[seq]!,
    outcome,
    status: columns.status[seq]!,
    pod: pods[columns.pod[seq]!]!,
    node: nodes[columns.node[seq]!]!,
    error: errors[columns.error[seq]!]!,
  };
}
