/** The database's rows of a run, as a table. */
import type { AuditRow } from './history.ts';
import { CorruptFile, quote, readTable, sharedWords, writeTable } from './csv.ts';

const COLUMNS = ['load_index', 'seq', 'pod', 'node', 'copies'] as const;

export async function writeAudit(path: string, rows: AuditRow[]): Promise<void> {
  await writeTable(path, COLUMNS, auditRows(rows));
}

function* auditRows(rows: AuditRow[]): Generator<string> {
  for (const row of rows) yield `${row.loadIndex},${row.seq},${quote(row.pod)},${quote(row.node)},${row.copies}`;
}

/** Throws CorruptFile, also when there are not `expected` rows. */
export async function readAudit(path: string, expected: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  const shared = sharedWords();
  await readTable(path, COLUMNS, ([loadIndex, seq, pod, node, copies]) => {
    rows.push({
      loadIndex: integer(loadIndex!),
      seq: integer(seq!),
      pod: shared(pod!),
      node: shared(node!),
      copies: integer(copies!),
    });
  });
  if (rows.length !== expected) throw new CorruptFile('audit.csv.gz', `${rows.length} rows instead of ${expected}`);
  return rows;
}

function integer(field: string): number {
  if (!/^\d+$/.test(field)) throw new RangeError(`"${field}" is no count`);
  return Number(field);
}
