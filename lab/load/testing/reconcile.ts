/** Compares what a driver recorded with what the calibration server did, to the request. */
import type { Test } from 'tap';
import type { LoadSpec, Operation } from '../load.ts';
import { podOf, type CalibrationServer, type ServedRequest } from './server.ts';
import { idOf, type RecordedLoad } from './spec.ts';

/** Clocks of two threads are read at the same instant; what remains is rounding. */
const CLOCK_ERROR_MS = 0.01;

/** Fails the test where the two books part: totals, ids and connections, and what agreeOnOperations compares. */
export function reconcile(t: Test, spec: LoadSpec, result: RecordedLoad, server: CalibrationServer): void {
  const { operations } = result;
  t.equal(result.connectionsOpened, server.connections, 'connections opened are connections accepted');
  const carried = operations.filter(({ connection }) => connection >= 0);
  t.strictSame(groups(recordedByConnection(spec, carried)), groups(server.idsByConnection()), 'ids of each connection');
  agreeOnOperations(t, spec, operations, server);
}

/** Fails the test where an operation's outcome, pod or times contradict what the server did with its id. */
export function agreeOnOperations(t: Test, spec: LoadSpec, operations: Operation[], server: CalibrationServer): void {
  t.ok(
    operations.every(({ seq }, index) => seq === index),
    'every number once, in order',
  );
  const served = new Map(server.requests.map((request) => [request.id, request]));
  t.equal(served.size, server.requests.length, 'no id was sent twice');
  const known = new Set(operations.map((operation) => idOf(spec, operation)));
  t.strictSame(
    server.requests.filter(({ id }) => !known.has(id)),
    [],
    'all that was served is recorded',
  );
  const problems = operations.flatMap((operation) => disagreements(spec, operation, served.get(idOf(spec, operation))));
  t.strictSame(problems, [], 'each operation agrees with what the server did');
}

function recordedByConnection(spec: LoadSpec, operations: Operation[]): string[][] {
  const ids: string[][] = [];
  for (const operation of operations) (ids[operation.connection] ??= []).push(idOf(spec, operation));
  return ids;
}

/** Client and server number connections each in their own order. */
function groups(idsByConnection: string[][]): string[] {
  return idsByConnection.map((ids) => ids.join(' ')).sort();
}

function disagreements(spec: LoadSpec, operation: Operation, served: ServedRequest | undefined): string[] {
  const { seq, outcome, status, connection } = operation;
  const answered = served?.answeredAt !== undefined;
  const times = history(spec, operation, served);
  const claims: [string, boolean][] = [
    ['has an ordered history', times.every((at, index) => index === 0 || at >= times[index - 1]! - CLOCK_ERROR_MS)],
    ['was carried if it was served', connection >= 0 || !served],
    ['was answered if it has a status', status === 0 || answered],
    ['is not a failure if it was served without an answer', outcome !== 'fail' || !served || answered],
    ['names the pod that answered', operation.pod === '' || operation.pod === podOf(served!.connection)],
  ];
  return claims.filter(([, holds]) => !holds).map(([claim]) => `${seq} (${outcome}): ${claim}: ${times.join(' ')}`);
}

/** The operation's times on both sides; the client may have given up before the server received or answered. */
function history(spec: LoadSpec, operation: Operation, served: ServedRequest | undefined): number[] {
  const sent = [operation.intendedAt, operation.startedAt];
  if (!served) return [...sent, operation.endedAt];
  const receivedAt = served.receivedAt - spec.runOriginMs;
  if (operation.status === 0) return [...sent, receivedAt];
  return [...sent, receivedAt, (served.answeredAt ?? Infinity) - spec.runOriginMs, operation.endedAt];
}
