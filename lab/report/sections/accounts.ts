/** The ledger of logs and the three books. */
import { type Block, heading, paragraph, table, tableIfAny } from '../blocks.ts';
import { formatCount, NONE, plural } from '../format.ts';
import type { BooksModel, LedgerModel, ReportModel } from '../model.ts';

export function ledgerSection({ ledger }: ReportModel): Block[] {
  if (!ledger) return [heading(2, 'Ledger'), paragraph('The database could not be read, so that nothing can be said.')];
  return [
    heading(2, 'Ledger'),
    table(
      'Every log that was acknowledged must be in the database exactly once. Logs without an answer may be there or not.',
      ['Logs', '>Sent', '>In the database', '>Not there'],
      [
        row('acknowledged', ledger.acknowledged, ledger.stored),
        row('indeterminate', ledger.indeterminate, ledger.indeterminateStored),
        row('refused', ledger.refused, ledger.refusedStored),
      ],
    ),
    paragraph(verdictOf(ledger)),
    ...(ledger.silentWorkers.length > 0 ? [paragraph(silenceOf(ledger))] : []),
  ];
}

function row(name: string, sent: number, stored: number): string[] {
  return [name, ...[sent, stored, sent - stored].map(formatCount)];
}

function verdictOf(ledger: LedgerModel): string {
  const { lost, duplicated, unexpected, examples } = ledger;
  const parts = [
    [lost, 'lost', examples.lost],
    [duplicated, 'stored more than once', examples.duplicated],
    [unexpected, 'in the database though no request of this run can have made them', examples.unexpected],
  ] as const;
  const wrong = parts.filter(([count]) => count > 0);
  if (wrong.length === 0) return 'None is lost, none is stored twice, and none is there that should not be.';
  return wrong
    .map(
      ([count, what, ids]) =>
        `**${formatCount(count)} ${what}** (load/number: ${ids.join(', ')}${count > ids.length ? ', …' : ''}).`,
    )
    .join(' ');
}

function silenceOf({ silentWorkers, unrecorded }: LedgerModel): string {
  const rows = plural(unrecorded, 'log');
  return `**Nobody knows what ${silentWorkers.join(', ')} sent**: the record is missing or not whole. The database holds ${rows} of it that no figure above counts, and whether others were acknowledged and lost cannot be told.`;
}

export function booksSection({ books }: ReportModel): Block[] {
  if (!books) return [heading(2, 'Books'), paragraph('The books could not be compared.')];
  return [
    heading(2, 'Books'),
    paragraph(booksVerdict(books)),
    ...(books.differences.length > 0 ? [{ kind: 'list' as const, items: books.differences }] : []),
    ...tableIfAny(
      'Three programs counted the same requests: clients by the answers they saw, pods by their own counters, the database by its rows. Where a pod died, its counters are a lower bound (≥).',
      ['Pod', 'Node', '>Clients saw', '>Pod answered', '>Pod stored', '>Rows', 'Agrees'],
      books.pods.map((book) => [
        book.pod || '(unnamed)',
        book.node || NONE,
        formatCount(book.client),
        bounded(book.counted, book.lowerBound),
        bounded(book.storedCounted, book.lowerBound),
        book.rows === null ? NONE : formatCount(book.rows),
        book.agrees ? 'yes' : 'no',
      ]),
    ),
    ...lowerBounds(books),
    ...(books.notes.length > 0 ? [{ kind: 'list' as const, items: books.notes }] : []),
  ];
}

function booksVerdict(books: BooksModel): string {
  const open =
    books.indeterminate > 0
      ? ` ${formatCount(books.indeterminate)} requests without an answer may be in a pod’s book or not.`
      : '';
  if (books.reconciled === null) return `The books could not all be read.${open}`;
  return books.reconciled
    ? `**The books agree.**${open}`
    : `**The books part**, so that the run proves nothing:${open}`;
}

function bounded(count: number | null, lowerBound: string | null): string {
  return count === null ? NONE : `${lowerBound === null ? '' : '≥ '}${formatCount(count)}`;
}

function lowerBounds(books: BooksModel): Block[] {
  const bounds = books.pods.filter((book) => book.lowerBound !== null);
  if (bounds.length === 0) return [];
  return [{ kind: 'list', items: bounds.map((book) => `\`${book.pod}\` is a lower bound: ${book.lowerBound!}.`) }];
}
