/** All operations of a run as one table, which pandas opens without options. */
import type { LoadHistory, PhaseHistory } from './history.ts';
import type { Operation } from '../load/load.ts';
import { quote, readTable, sharedWords, writeTable } from './csv.ts';

const COLUMNS = [
  'phase',
  'load',
  'seq',
  'connection',
  'intended_ms',
  'started_ms',
  'ended_ms',
  'outcome',
  'status',
  'pod',
  'node',
  'error',
] as const;

/**
 * Rounds the times of all operations to the microseconds that are stored, in place: a second copy of a million operations
 * would cost more than it protects, and everything computed afterwards agrees to the digit with what is read back.
 */
export function roundTimes(phases: PhaseHistory[]): void {
  for (const operation of phases.flatMap((phase) => phase.loads).flatMap((load) => load.operations)) {
    operation.intendedAt = toMicroseconds(operation.intendedAt);
    operation.startedAt = toMicroseconds(operation.startedAt);
    operation.endedAt = toMicroseconds(operation.endedAt);
  }
}

function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

export async function writeOperations(path: string, phases: PhaseHistory[]): Promise<void> {
  await writeTable(path, COLUMNS, operationRows(phases));
}

function* operationRows(phases: PhaseHistory[]): Generator<string> {
  for (const phase of phases) {
    for (const load of phase.loads) {
      const prefix = `${quote(phase.name)},${quote(load.spec.name)}`;
      for (const o of load.operations) {
        const times = `${o.intendedAt},${o.startedAt},${o.endedAt}`;
        const end = `${o.outcome},${o.status},${quote(o.pod)},${quote(o.node)},${quote(o.error)}`;
        yield `${prefix},${o.seq},${o.connection},${times},${end}`;
      }
    }
  }
}

/** Adds the stored operations to the loads they belong to. Throws CorruptFile. */
export async function readOperations(path: string, phases: PhaseHistory[]): Promise<void> {
  const loads = new Map<string, LoadHistory>();
  for (const phase of phases) for (const load of phase.loads) loads.set(`${phase.name},${load.spec.name}`, load);
  const shared = sharedWords();
  await readTable(path, COLUMNS, (fields) => {
    const load = loads.get(`${fields[0]},${fields[1]}`);
    if (!load) throw new RangeError(`no load ${fields[1]} in a phase ${fields[0]}`);
    load.operations.push(parseOperation(fields, shared));
  });
}

function parseOperation(fields: string[], shared: (word: string) => string): Operation {
  const number = (index: number) => {
    const value = Number(fields[index]);
    if (fields[index] === '' || !Number.isFinite(value))
      throw new RangeError(`"${fields[index]}" is no ${COLUMNS[index]}`);
    return value;
  };
  const outcome = fields[7];
  if (outcome !== 'ok' && outcome !== 'fail' && outcome !== 'info') throw new RangeError(`"${outcome}" is no outcome`);
  return {
    seq: number(2),
    connection: number(3),
    intendedAt: number(4),
    startedAt: number(5),
    endedAt: number(6),
    outcome,
    status: number(8),
    pod: shared(fields[9]!),
    node: shared(fields[10]!),
    error: shared(fields[11]!),
  };
}
