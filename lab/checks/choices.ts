/** The independent choices behind a load: which pod each connection (or request) was given. */
import type { LoadHistory } from '../history/history.ts';
import type { Operations } from '../load/operations.ts';
import { Words } from '../load/table.ts';

export interface Choices {
  unit: 'connection' | 'request';
  /** Those that answered, with their nodes; in the lists below a pod is its index here. */
  pods: { pod: string; node: string }[];
  /** The pod that each choice fell on, as its first answer says, in order of time. */
  chosen: Uint32Array;
  /** Choices that got no answer, so that nobody knows where they went. */
  unattributed: number;
  /** The pod of each answered request in order of time, and its connection, numbered over all loads. */
  answered: Uint32Array;
  connections: Uint32Array;
}

/** All loads must be balanced the same way. */
export function choicesOf(loads: LoadHistory[]): Choices {
  const requests = inOrder(loads);
  const answers = withAnswer(requests);
  const { pods } = requests;
  if (loads[0]?.balancing === 'per-request') {
    const unattributed = requests.connections.length - answers.answered.length;
    return { unit: 'request', pods, chosen: answers.answered, unattributed, ...answers };
  }
  const seen = new Uint8Array(requests.highest + 1);
  const chosen = firstOfEach(answers, seen);
  return { unit: 'connection', pods, chosen, unattributed: countSilent(requests, seen), ...answers };
}

/** Connections are held in arrays by number rather than in maps: a run may have a million of them. */
interface Requests {
  pods: Choices['pods'];
  /** One more than the index of the pod that answered; 0 when none did. */
  answers: Uint32Array;
  connections: Int32Array;
  /** Largest number of a connection. */
  highest: number;
}

/** Load after load, each in the order in which its requests were started. */
function inOrder(loads: LoadHistory[]): Requests {
  const size = loads.reduce((total, load) => total + load.operations.length, 0);
  const [answers, connections] = [new Uint32Array(size), new Int32Array(size)];
  const names = new Words();
  const pods: Choices['pods'] = [];
  let offset = 0;
  let position = 0;
  for (const { operations } of loads) {
    let next = offset;
    for (const index of startOrder(operations)) {
      const connection = operations.connection(index);
      connections[position] = connection < 0 ? -1 : connection + offset;
      next = Math.max(next, connection + offset + 1);
      const name = names.indexOf(operations.pod(index));
      if (name > pods.length) pods.push({ pod: operations.pod(index), node: operations.node(index) });
      answers[position++] = name;
    }
    offset = next;
  }
  return { pods, answers, connections, highest: offset - 1 };
}

function startOrder(operations: Operations): Uint32Array {
  const order = new Uint32Array(operations.length);
  let ordered = true;
  for (let index = 0; index < order.length; index += 1) {
    order[index] = index;
    ordered &&= index === 0 || operations.seq(index - 1) <= operations.seq(index);
  }
  return ordered ? order : order.sort((a, b) => operations.seq(a) - operations.seq(b));
}

function withAnswer({ answers, connections }: Requests): Pick<Choices, 'answered' | 'connections'> {
  const answered = new Uint32Array(answers.length);
  const carriers = new Uint32Array(answers.length);
  let length = 0;
  for (const [index, answer] of answers.entries()) {
    if (answer === 0) continue;
    answered[length] = answer - 1;
    carriers[length++] = connections[index]!;
  }
  return { answered: answered.subarray(0, length), connections: carriers.subarray(0, length) };
}

/** The first answer on each connection, which is marked as seen. */
function firstOfEach({ answered, connections }: Pick<Choices, 'answered' | 'connections'>, seen: Uint8Array) {
  const first = new Uint32Array(answered.length);
  let length = 0;
  for (const [index, pod] of answered.entries()) if (firstSight(seen, connections[index]!)) first[length++] = pod;
  return first.subarray(0, length);
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
