/** The ledger: every log that was acknowledged is in the database exactly once. */
import type { AuditRows } from '../history/audit-rows.ts';
import type { DatabaseAudit, LoadHistory } from '../history/history.ts';
import { type Metric, missing } from './metric.ts';
import { indexRows, rowsByLoad } from './row-index.ts';

export interface Ledger {
  /** Logs whose storing was promised to a client. */
  acknowledged: number;
  /** Of these, found in the database. */
  stored: number;
  lost: number;
  /** Ids that the database holds more than once. */
  duplicated: number;
  /** Logs without an answer; storing them or not is both right. */
  indeterminate: number;
  indeterminateStored: number;
  /** Logs that the client was told had failed. */
  refused: number;
  refusedStored: number;
  /** Rows of this run that no request of this run can have made. */
  unexpected: number;
  /** Load workers whose record is missing or not whole: what they sent is in none of the figures above. */
  silentWorkers: string[];
  /** Rows with the numbers of such workers. */
  unrecorded: number;
  lostByPod: Record<string, number>;
  /** The first few, as `load/number`, to look for in the pods' logs. */
  examples: { lost: string[]; duplicated: string[]; unexpected: string[] };
}

const EXAMPLES = 5;

/** Loads that store logs. */
export function logLoads(loads: LoadHistory[]): LoadHistory[] {
  return loads.filter(({ spec }) => spec.method === 'POST' && spec.body === 'log');
}

/** Null when the database could not be read. */
export function keepLedger(loads: LoadHistory[], audit: DatabaseAudit): Ledger | null {
  const { rows } = audit;
  if (rows === null) return null;
  const ledger = emptyLedger();
  const byLoad = rowsByLoad(rows);
  for (const load of logLoads(loads)) {
    settleLoad(ledger, load, rows, byLoad.get(load.spec.index) ?? []);
    byLoad.delete(load.spec.index);
  }
  for (const [loadIndex, indexes] of byLoad) {
    for (const index of indexes) countUnexpected(ledger, `load ${loadIndex}/${rows.seq(index)}`);
  }
  return ledger;
}

function emptyLedger(): Ledger {
  return {
    acknowledged: 0,
    stored: 0,
    lost: 0,
    duplicated: 0,
    indeterminate: 0,
    indeterminateStored: 0,
    refused: 0,
    refusedStored: 0,
    unexpected: 0,
    silentWorkers: [],
    unrecorded: 0,
    lostByPod: {},
    examples: { lost: [], duplicated: [], unexpected: [] },
  };
}

/** `indexes` are those of the load's rows. */
function settleLoad(ledger: Ledger, load: LoadHistory, rows: AuditRows, indexes: number[]): void {
  const { operations, spec } = load;
  const { find, strangers } = indexRows(load, rows, indexes);
  for (let index = 0; index < operations.length; index += 1) {
    const outcome = operations.outcome(index);
    const stored = find(operations.seq(index)) !== undefined;
    if (outcome === 'ok') {
      ledger.acknowledged += 1;
      if (stored) ledger.stored += 1;
      else countLost(ledger, `${spec.name}/${operations.seq(index)}`, operations.pod(index));
    } else if (outcome === 'info') {
      ledger.indeterminate += 1;
      if (stored) ledger.indeterminateStored += 1;
    } else {
      ledger.refused += 1;
      if (stored) ledger.refusedStored += 1;
    }
  }
  for (const index of indexes) {
    if (rows.copies(index) <= 1) continue;
    ledger.duplicated += 1;
    addExample(ledger.examples.duplicated, `${spec.name}/${rows.seq(index)}`);
  }
  const silent = silentWorkers(load);
  ledger.silentWorkers.push(...silent.values());
  for (const index of strangers) {
    const seq = rows.seq(index);
    if (silent.has(seq % (load.workers?.length ?? 1))) ledger.unrecorded += 1;
    else countUnexpected(ledger, `${spec.name}/${seq}`);
  }
}

/** By their index, which is the rest that their numbers leave (see sharedNumber). */
function silentWorkers({ workers = [] }: LoadHistory): Map<number, string> {
  const silent = new Map<number, string>();
  for (const [index, { pod, startedAt, made, recorded }] of workers.entries()) {
    if (startedAt === null || recorded < made) silent.set(index, pod);
  }
  return silent;
}

function countLost(ledger: Ledger, example: string, pod: string): void {
  ledger.lost += 1;
  ledger.lostByPod[pod] = (ledger.lostByPod[pod] ?? 0) + 1;
  addExample(ledger.examples.lost, example);
}

function countUnexpected(ledger: Ledger, example: string): void {
  ledger.unexpected += 1;
  addExample(ledger.examples.unexpected, example);
}

function addExample(examples: string[], example: string): void {
  if (examples.length < EXAMPLES) examples.push(example);
}

type Count = Exclude<keyof Ledger, 'lostByPod' | 'examples' | 'silentWorkers'>;

function count(name: Count, better: 'lower' | null, meaning: string): Metric<Ledger | null> {
  return {
    name: `ledger.${name}`,
    unit: 'count',
    better,
    meaning,
    read: (ledger) => ledger?.[name] ?? missing('the database could not be read'),
  };
}

export const LEDGER_METRICS: Metric<Ledger | null>[] = [
  count('acknowledged', null, 'Logs that a client was told are stored.'),
  count('stored', null, 'Acknowledged logs that are in the database.'),
  count('lost', 'lower', 'Acknowledged logs that are not in the database.'),
  count('duplicated', 'lower', 'Logs that are in the database more than once.'),
  count('indeterminate', 'lower', 'Logs without an answer: they may be stored or not.'),
  count('indeterminateStored', null, 'Of these, logs that are in the database.'),
  count('refused', 'lower', 'Logs that the client was told had failed.'),
  count('refusedStored', 'lower', 'Of these, logs that are in the database all the same.'),
  count('unexpected', 'lower', 'Rows of this run that no request of it can have made.'),
  count('unrecorded', 'lower', 'Rows of load workers whose record is missing or not whole.'),
];
