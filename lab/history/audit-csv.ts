/** The database's rows of a run, as a table. */
import { AuditRows } from './audit-rows.ts';
import type { Row } from './csv-row.ts';
import { CorruptFile, quote, readTable, writeTable } from './csv.ts';

const COLUMNS = ['load_index', 'seq', 'pod', 'node', 'copies'] as const;

export async function writeAudit(path: string, rows: AuditRows): Promise<void> {
  await writeTable(path, COLUMNS, auditRows(rows));
}

function* auditRows(rows: AuditRows): Generator<string> {
  for (const row of rows) yield `${row.loadIndex},${row.seq},${quote(row.pod)},${quote(row.node)},${row.copies}`;
}

/** Throws CorruptFile, also when there are not `expected` rows. */
export async function readAudit(path: string, expected: number): Promise<AuditRows> {
  const rows = new AuditRows();
  await readTable(path, COLUMNS, (row) => {
    rows.push({
      loadIndex: integer(row, 0),
      seq: integer(row, 1),
      pod: row.word(2),
      node: row.word(3),
      copies: integer(row, 4),
    });
  });
  if (rows.length !== expected) throw new CorruptFile('audit.csv.gz', `${rows.length} rows instead of ${expected}`);
  return rows;
}

/** A count, or -1 in a row whose id no load made. */
function integer(row: Row, column: number): number {
  const value = row.number(column);
  if (!Number.isInteger(value) || value < -1) throw new RangeError(`"${row.word(column)}" is no ${COLUMNS[column]}`);
  return value;
}
