/** A report as a sequence of blocks, which Markdown and HTML both render. Text may hold `code` and **strong** spans. */
import type { ReportModel } from './model.ts';

export interface Column {
  title: string;
  align: 'left' | 'right';
}

export interface Table {
  kind: 'table';
  /** One line for a student: what the table shows and how to read it. */
  explain: string;
  columns: Column[];
  /** The first cell of a row is its header. */
  rows: string[][];
}

export interface Figure {
  kind: 'figure';
  /** File name, for reports that link to it. */
  file: string;
  svg: string;
  /** What the picture shows, for those who do not see it. */
  alt: string;
  caption: string;
}

export type Block =
  | { kind: 'heading'; level: 2 | 3; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'outcome'; outcome: ReportModel['outcome']; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'code'; text: string; language: string }
  | Table
  | Figure;

export function heading(level: 2 | 3, text: string): Block {
  return { kind: 'heading', level, text };
}

export function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

/** Columns as `Name` (left) or `>Count` (right). */
export function table(explain: string, columns: string[], rows: string[][]): Table {
  return {
    kind: 'table',
    explain,
    rows,
    columns: columns.map((title) =>
      title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title, align: 'left' },
    ),
  };
}

/** An explained table, or nothing when it would be empty. */
export function tableIfAny(explain: string, columns: string[], rows: string[][]): Block[] {
  return rows.length === 0 ? [] : [table(explain, columns, rows)];
}
