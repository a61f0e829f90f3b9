/** All operations of a run as one table, which pandas opens without options. */
import type { Operation } from '../load/load.ts';
import type { Row } from './csv-row.ts';
import { quote, readTable, writeTable } from './csv.ts';
import type { PhaseHistory } from './history.ts';

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
  for (const phase of phases) for (const load of phase.loads) load.operations.changeTimes(toMicroseconds);
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
        const times = `${decimal(o.intendedAt)},${decimal(o.startedAt)},${decimal(o.endedAt)}`;
        const end = `${o.outcome},${o.status},${quote(o.pod)},${quote(o.node)},${quote(o.error)}`;
        yield `${prefix},${o.seq},${o.connection},${times},${end}`;
      }
    }
  }
}

/** What follows the whole milliseconds of a time, by its microseconds: '', '.001' to '.999'. */
const FRACTIONS = Array.from({ length: 1000 }, (_, microseconds) => String(microseconds / 1000).slice(1));

/** A rounded time in the fewest digits, as String() gives it, in a third of the time. */
function decimal(milliseconds: number): string {
  if (milliseconds < 0) return String(milliseconds);
  const microseconds = Math.round(milliseconds * 1000);
  const whole = Math.floor(microseconds / 1000);
  return `${whole}${FRACTIONS[microseconds - whole * 1000]}`;
}

/** Adds the stored operations to the loads they belong to. Throws CorruptFile. */
export async function readOperations(path: string, phases: PhaseHistory[]): Promise<void> {
  const byPhase = new Map(
    phases.map(({ name, loads }) => [name, new Map(loads.map((load) => [load.spec.name, load.operations]))]),
  );
  await readTable(path, COLUMNS, (row) => {
    const operations = byPhase.get(row.word(0))?.get(row.word(1));
    if (!operations) throw new RangeError(`no load ${row.word(1)} in a phase ${row.word(0)}`);
    operations.push(parseOperation(row));
  });
}

function parseOperation(row: Row): Operation {
  const outcome = row.word(7);
  if (outcome !== 'ok' && outcome !== 'fail' && outcome !== 'info') throw new RangeError(`"${outcome}" is no outcome`);
  return {
    seq: integer(row, 2, 0, 2 ** 32 - 1),
    connection: integer(row, 3, -1, 2 ** 31 - 1),
    intendedAt: number(row, 4),
    startedAt: number(row, 5),
    endedAt: number(row, 6),
    outcome,
    status: integer(row, 8, 0, 2 ** 16 - 1),
    pod: row.word(9),
    node: row.word(10),
    error: row.word(11),
  };
}

function number(row: Row, column: number): number {
  const value = row.number(column);
  if (!Number.isFinite(value)) throw new RangeError(`"${row.word(column)}" is no ${COLUMNS[column]}`);
  return value;
}

/** Within what the table of operations can hold. */
function integer(row: Row, column: number, least: number, most: number): number {
  const value = number(row, column);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`"${row.word(column)}" is no ${COLUMNS[column]}`);
}
