/** The report as Markdown for GitHub, with the charts as files beside it. */
import type { Block, Column, Table } from './blocks.ts';
import { reportBlocks } from './content.ts';
import type { ReportModel } from './model.ts';
import { OUTCOME_WORDS } from './sections/summary.ts';

export function renderMarkdown(model: ReportModel): string {
  const blocks = reportBlocks(model).map(renderBlock);
  return `${[`# ${inline(model.scenario.title)}`, ...blocks].join('\n\n')}\n`;
}

/** GitHub shows these as coloured notes. */
const ALERTS = { pass: 'TIP', fail: 'CAUTION', unknown: 'WARNING' };

type Renderers = { [Kind in Block['kind']]: (block: Extract<Block, { kind: Kind }>) => string };

const RENDERERS: Renderers = {
  heading: ({ level, text }) => `${'#'.repeat(level)} ${inline(text)}`,
  paragraph: ({ text }) => inline(text),
  outcome: ({ outcome, text }) => `> [!${ALERTS[outcome]}]\n> **${OUTCOME_WORDS[outcome]}.** ${inline(text)}`,
  list: ({ items }) => items.map((item) => `- ${inline(item)}`).join('\n'),
  code: ({ text, language }) => fenced(text, language),
  table: renderTable,
  figure: ({ alt, file, caption }) => `![${inline(alt).replaceAll(/[[\]]/g, '')}](${file})\n\n${inline(caption)}`,
};

function renderBlock(block: Block): string {
  return RENDERERS[block.kind](block as never);
}

/** A fence longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function renderTable({ explain, columns, rows }: Table): string {
  return [
    inline(explain),
    '',
    line(columns.map(({ title }) => title)),
    `| ${columns.map(rule).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

function line(cells: string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function rule({ align }: Column): string {
  return align === 'right' ? '---:' : '---';
}

function cell(text: string): string {
  return inline(text).replaceAll('|', '\\|');
}

/** Keeps `code` and **strong** spans, and takes its meaning from every other character that has one in Markdown. */
function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[\\`*_<>[\]]/g, '\\$&')))
    .join('');
}
