/**
 * Three books that must agree: what clients saw, what pods counted, and what the database holds. They are kept by
 * different programs, so that a mistake in one of them, or in the measuring, shows as a difference.
 */
import type { DatabaseAudit, GenerationHistory, RunHistory } from '../history/history.ts';
import { type Ledger, logLoads } from './ledger.ts';
import { type Metric, missing, orMissing } from './metric.ts';
import { countByPods, type PodCount } from './pod-counters.ts';
import { increment } from './requests.ts';
import { indexRows, rowsByLoad } from './row-index.ts';
import { allLoads } from './scope.ts';
import { type Traffic, trafficByApp } from './traffic.ts';

interface PodBook {
  app: string;
  pod: string;
  node: string;
  /** Successful answers that clients saw from this pod. */
  client: number;
  /** Successful answers that the pod counted; null when it was never read. */
  counted: number | null;
  /** Logs that the pod counted as newly stored, and rows in the database with its name; null where it stores none. */
  storedCounted: number | null;
  rows: number | null;
  /** Why the pod's counters are a lower bound; null when they are complete. */
  lowerBound: string | null;
  agrees: boolean;
}

export interface Books {
  pods: PodBook[];
  /** Requests without an answer: each may be in a pod's book or not. */
  indeterminate: number;
  /** Null when a book is missing altogether. */
  reconciled: boolean | null;
  /** Where the books part, in words. */
  differences: string[];
  /** What is worth knowing and no difference. */
  notes: string[];
}

export function compareBooks(history: RunHistory, ledger: Ledger | null): Books {
  const books: Books = { pods: [], indeterminate: 0, reconciled: null, differences: [], notes: [] };
  const traffics = trafficByApp(history);
  const generations = traffics.flatMap((traffic) => traffic.generations);
  const rows = rowsOf(history.audit, generations);
  for (const traffic of traffics) {
    compareApp(books, { history, traffic, rows: stores(traffic) ? rows : null, ledger });
  }
  comparePodNames(books, history);
  compareRollups(books, history.audit, rows);
  const storesLogs = traffics.some(stores);
  const missingBook = history.counters.length === 0 || (storesLogs && rows === null);
  if (missingBook) books.notes.push(`A book is missing: ${history.audit.error ?? 'the pods’ counters were not read'}.`);
  books.reconciled = missingBook ? null : books.differences.length === 0;
  return books;
}

function stores({ loads, generations }: Traffic): boolean {
  return generations.length > 0 || logLoads(loads).length > 0;
}

interface RowBook {
  byPod: Map<string, number>;
  total: number;
  /** Copies beyond the first of each id: nobody knows which pod wrote them. */
  extraCopies: number;
}

/** Rows of the loads, which are known by their ids, and of log-generator, by how much the table grew. */
function rowsOf(audit: DatabaseAudit, generations: GenerationHistory[]): RowBook | null {
  if (audit.rows === null || generations.some(({ rowsByPod }) => rowsByPod === null)) return null;
  const book: RowBook = { byPod: new Map(), total: 0, extraCopies: 0 };
  for (let index = 0; index < audit.rows.length; index += 1) {
    const copies = audit.rows.copies(index);
    increment(book.byPod, audit.rows.pod(index), copies);
    book.total += copies;
    book.extraCopies += copies - 1;
  }
  for (const [pod, count] of generations.flatMap(({ rowsByPod }) => Object.entries(rowsByPod!))) {
    increment(book.byPod, pod, count);
    book.total += count;
  }
  return book;
}

interface AppBooks {
  history: RunHistory;
  traffic: Traffic;
  rows: RowBook | null;
  ledger: Ledger | null;
}

function compareApp(books: Books, context: AppBooks): void {
  const { traffic } = context;
  const { clientByPod, nodeOf, indeterminate } = clientBook(traffic);
  const counters = new Map(countByPods(context.history, traffic).map((count) => [count.pod, count]));
  books.indeterminate += indeterminate;
  for (const pod of [
    ...new Set([...counters.keys(), ...clientByPod.keys(), ...(context.rows?.byPod.keys() ?? [])]),
  ].sort()) {
    const count = counters.get(pod);
    const entry = {
      app: traffic.app,
      pod,
      node: count?.node ?? nodeOf.get(pod) ?? '',
      client: clientByPod.get(pod) ?? 0,
      counted: count?.answered ?? null,
      storedCounted: context.rows ? (count?.stored ?? null) : null,
      rows: context.rows ? (context.rows.byPod.get(pod) ?? 0) : null,
      lowerBound: count?.lowerBound ?? null,
    };
    const differences = [...clientDifferences(entry, count, indeterminate), ...rowDifferences(entry, context)];
    books.differences.push(...differences);
    books.pods.push({ ...entry, agrees: differences.length === 0 });
  }
}

/** log-generator is a client too: an attempt that it repeated may have been counted by a pod without an answer. */
function clientBook({ loads, generations }: Traffic) {
  const clientByPod = new Map<string, number>();
  const nodeOf = new Map<string, string>();
  let indeterminate = 0;
  for (const { operations } of loads) {
    for (let index = 0; index < operations.length; index += 1) {
      const outcome = operations.outcome(index);
      if (outcome === 'info') indeterminate += 1;
      if (outcome !== 'ok') continue;
      increment(clientByPod, operations.pod(index));
      nodeOf.set(operations.pod(index), operations.node(index));
    }
  }
  for (const { answer } of generations) {
    for (const [pod, count] of Object.entries(answer?.byPod ?? {})) increment(clientByPod, pod, count);
    indeterminate += (answer?.indeterminate ?? 0) + (answer?.retried ?? 0);
  }
  return { clientByPod, nodeOf, indeterminate };
}

type Entry = Omit<PodBook, 'agrees'>;

/** A pod may have answered requests whose answers never arrived, but no more than there were. */
function clientDifferences(entry: Entry, count: PodCount | undefined, indeterminate: number): string[] {
  const { pod, client } = entry;
  if (pod === '') return [`${client} successful answers named no pod`];
  if (!count) return [`${pod} was never asked for its counters, yet clients saw ${client} answers from it`];
  if (count.answered > client + indeterminate) {
    return [`${pod} counted ${count.answered} answers, clients saw ${client}, and only ${indeterminate} are open`];
  }
  if (count.lowerBound === null && count.answered < client) {
    return [`${pod} counted ${count.answered} answers, but clients saw ${client} from it`];
  }
  return [];
}

/**
 * The pod's own count of stored logs against its rows. Logs that the ledger holds for lost explain a difference: that is
 * a fault of the system, found by both books, and no reason to doubt the measuring. So do logs that were stored without an
 * acknowledgement: a pod whose connection to the database broke in the middle of a commit never heard of it.
 */
function rowDifferences(entry: Entry, { rows, ledger }: AppBooks): string[] {
  if (!rows || entry.storedCounted === null || entry.rows === null) return [];
  const lost = ledger?.lostByPod[entry.pod] ?? 0;
  if (entry.storedCounted > entry.rows + lost + rows.extraCopies) {
    return [`${entry.pod} counted ${entry.storedCounted} logs as stored, the database holds ${entry.rows} of it`];
  }
  const unheard = ledger ? ledger.indeterminateStored + ledger.refusedStored : 0;
  if (entry.lowerBound === null && entry.storedCounted < entry.rows - rows.extraCopies - unheard) {
    return [`the database holds ${entry.rows} rows of ${entry.pod}, which counted only ${entry.storedCounted}`];
  }
  return [];
}

/** A 201 says which pod stored the log, and so does its row. */
function comparePodNames(books: Books, history: RunHistory): void {
  const { rows } = history.audit;
  if (rows === null) return;
  const byLoad = rowsByLoad(rows);
  let differing = 0;
  for (const load of logLoads(allLoads(history))) {
    const { operations } = load;
    const { find } = indexRows(load, rows, byLoad.get(load.spec.index) ?? []);
    for (let index = 0; index < operations.length; index += 1) {
      const row = operations.status(index) === 201 ? find(operations.seq(index)) : undefined;
      if (row !== undefined && rows.pod(row) !== operations.pod(index)) differing += 1;
    }
  }
  if (differing > 0) books.differences.push(`${differing} logs were acknowledged by one pod and stored by another`);
}

function compareRollups(books: Books, audit: DatabaseAudit, rows: RowBook | null): void {
  const rollups = growthOf(audit.rollupTotalBefore, audit.rollupTotalAfter);
  const raw = growthOf(audit.rawTotalBefore, audit.rawTotalAfter);
  if (rollups !== null && raw !== null && rollups !== raw) {
    books.differences.push(`the per-minute roll-ups grew by ${rollups}, the rows by ${raw}`);
  }
  if (rows === null || raw === null) return;
  if (raw < rows.total) books.differences.push(`the database grew by ${raw} rows, yet holds ${rows.total} of this run`);
  if (raw > rows.total) books.notes.push(`${raw - rows.total} rows were stored during the run by somebody else.`);
}

function growthOf(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}

function total(books: Books, field: 'client' | 'counted' | 'rows'): number {
  return books.pods.reduce((sum, pod) => sum + (pod[field] ?? 0), 0);
}

const NOT_KEPT = missing('the books could not be compared');

export const BOOK_METRICS: Metric<Books | null>[] = [
  {
    name: 'books.reconciled',
    unit: 'boolean',
    better: 'higher',
    meaning: 'Whether clients, pods and database tell the same story.',
    read: (books) => (books ? orMissing(books.reconciled, books.notes.join(' ')) : NOT_KEPT),
  },
  {
    name: 'books.differences',
    unit: 'count',
    better: 'lower',
    meaning: 'Places where the books part.',
    read: (books) => books?.differences.length ?? NOT_KEPT,
  },
  {
    name: 'books.client',
    unit: 'count',
    better: null,
    meaning: 'Successful answers that clients saw.',
    read: (books) => (books ? total(books, 'client') : NOT_KEPT),
  },
  {
    name: 'books.counted',
    unit: 'count',
    better: null,
    meaning: 'Successful answers that pods counted.',
    read: (books) => (books ? total(books, 'counted') : NOT_KEPT),
  },
  {
    name: 'books.rows',
    unit: 'count',
    better: null,
    meaning: 'Rows of this run in the database.',
    read: (books) => (books ? total(books, 'rows') : NOT_KEPT),
  },
];
