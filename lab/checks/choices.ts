/** The independent choices behind a load: which pod each connection (or request) was given. */
import type { LoadHistory } from '../history/history.ts';
import type { Operation } from '../load/load.ts';

export interface Choices {
  unit: 'connection' | 'request';
  /** The first answer of each choice, in order of time. */
  chosen: Operation[];
  /** Choices that got no answer, so that nobody knows where they went. */
  unattributed: number;
  /** Answered requests in order of time, and for each its connection, numbered over all loads. */
  answered: Operation[];
  connections: Uint32Array;
}

/** All loads must be balanced the same way. */
export function choicesOf(loads: LoadHistory[]): Choices {
  const requests = inOrder(loads);
  const answers = withAnswer(requests);
  if (loads[0]?.balancing === 'per-request') {
    const unattributed = requests.operations.length - answers.answered.length;
    return { unit: 'request', chosen: answers.answered, unattributed, ...answers };
  }
  const seen = new Uint8Array(requests.highest + 1);
  const chosen = answers.answered.filter((_, index) => firstSight(seen, answers.connections[index]!));
  return { unit: 'connection', chosen, unattributed: countSilent(requests, seen), ...answers };
}

/** Connections are held in arrays by number rather than in maps: a run may have a million of them. */
interface Requests {
  operations: Operation[];
  connections: Int32Array;
  /** Largest number of a connection. */
  highest: number;
}

/** Load after load, each in the order in which its requests were started. */
function inOrder(loads: LoadHistory[]): Requests {
  const operations = loads.flatMap((load) => startOrder(load.operations));
  const connections = new Int32Array(operations.length);
  let offset = 0;
  let position = 0;
  for (const load of loads) {
    const end = position + load.operations.length;
    let next = offset;
    for (; position < end; position += 1) {
      const { connection } = operations[position]!;
      connections[position] = connection < 0 ? -1 : connection + offset;
      next = Math.max(next, connection + offset + 1);
    }
    offset = next;
  }
  return { operations, connections, highest: offset - 1 };
}

function startOrder(operations: Operation[]): Operation[] {
  const ordered = operations.every((operation, index) => index === 0 || operations[index - 1]!.seq <= operation.seq);
  return ordered ? operations : operations.toSorted((a, b) => a.seq - b.seq);
}

function withAnswer({ operations, connections }: Requests): Pick<Choices, 'answered' | 'connections'> {
  const kept = new Uint32Array(operations.length);
  let length = 0;
  const answered = operations.filter(({ pod }, index) => {
    if (pod !== '') kept[length++] = connections[index]!;
    return pod !== '';
  });
  return { answered, connections: kept.subarray(0, length) };
}

/** Marks the connection as seen, and says whether it had not been. */
function firstSight(seen: Uint8Array, connection: number): boolean {
  const first = seen[connection] === 0;
  seen[connection] = 1;
  return first;
}

/** Connections without any answer; a request that never got a connection counts as one. */
function countSilent({ connections }: Requests, answered: Uint8Array): number {
  const seen = Uint8Array.from(answered);
  let silent = 0;
  for (const connection of connections) if (connection < 0 || firstSight(seen, connection)) silent += 1;
  return silent;
}
