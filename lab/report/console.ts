/** What is printed at the end of a run: the outcome, the expectations, and where the report is. */
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { formatValue } from './format.ts';
import type { ReportModel } from './model.ts';
import { OUTCOME_WORDS } from './sections/summary.ts';

const COLOURS = { pass: 'green', fail: 'red', unknown: 'yellow' } as const;

/** One string per line, without line ends. Plain unless colour is asked for. */
export function consoleSummary(model: ReportModel, directory: string, options: { colour?: boolean } = {}): string[] {
  const chalk = new Chalk({ level: options.colour ? 1 : 0 });
  const paint = (outcome: ReportModel['outcome'], text: string) => chalk[COLOURS[outcome]](text);
  const rows = model.expectations.map(({ text, measured, unit, outcome, reason }) => [
    `  ${paint(outcome, OUTCOME_WORDS[outcome].toUpperCase())}`,
    text,
    formatValue(measured, unit),
    reason ?? '',
  ]);
  return [
    `${model.scenario.title}: ${paint(model.outcome, OUTCOME_WORDS[model.outcome].toUpperCase())}`,
    model.answer,
    ...alignColumns(rows),
    ...model.reasons.map((reason) => `  - ${reason}`),
    `report: ${directory}/report.md`,
  ];
}

function alignColumns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(widths[column]! - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
