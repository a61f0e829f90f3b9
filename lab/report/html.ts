/** The report as one HTML file that needs nothing else: charts inline, light and dark, fit for print. */
import type { Block, Column, Table } from './blocks.ts';
import { reportBlocks } from './content.ts';
import { escapeMarkup } from './escape.ts';
import { STYLE } from './html-style.ts';
import type { ReportModel } from './model.ts';
import { OUTCOME_WORDS } from './sections/summary.ts';

export function renderHtml(model: ReportModel): string {
  const title = `${model.scenario.title} – ${OUTCOME_WORDS[model.outcome].toLowerCase()}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header><p>Scenario ${escapeMarkup(model.scenario.name)}</p><h1>${inline(model.scenario.title)}</h1></header>
<nav aria-label="Sections">${contents(reportBlocks(model))}</nav>
<main id="report">
${reportBlocks(model).map(renderBlock).join('\n')}
</main>
<footer><p>Run ${escapeMarkup(model.run.id)}. Every number was computed from the raw files beside this report.</p></footer>
</body>
</html>
`;
}

function contents(blocks: Block[]): string {
  const items = blocks.flatMap((block) =>
    block.kind === 'heading' && block.level === 2
      ? [`<li><a href="#${anchor(block.text)}">${inline(block.text)}</a></li>`]
      : [],
  );
  return `<ul>${items.join('')}</ul>`;
}

function anchor(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

type Renderers = { [Kind in Block['kind']]: (block: Extract<Block, { kind: Kind }>) => string };

const RENDERERS: Renderers = {
  heading: ({ level, text }) =>
    level === 2 ? `<h2 id="${anchor(text)}">${inline(text)}</h2>` : `<h3>${inline(text)}</h3>`,
  paragraph: ({ text }) => `<p>${inline(text)}</p>`,
  outcome: ({ outcome, text }) =>
    `<p class="outcome ${outcome}"><strong>${OUTCOME_WORDS[outcome]}.</strong> ${inline(text)}</p>`,
  list: ({ items }) => `<ul>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`,
  code: ({ text }) => `<pre tabindex="0"><code>${escapeMarkup(text)}</code></pre>`,
  table: renderTable,
  figure: ({ svg, caption }) => `<figure>${svg}<figcaption>${inline(caption)}</figcaption></figure>`,
};

function renderBlock(block: Block): string {
  return RENDERERS[block.kind](block as never);
}

/** Focusable, because a wide table scrolls within itself and must do so from the keyboard too. */
function renderTable({ explain, columns, rows }: Table): string {
  const head = columns.map((column) => `<th scope="col"${aligned(column)}>${inline(column.title)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((text, index) => cell(text, columns[index]!, index)).join('')}</tr>`);
  return `<div class="table" tabindex="0" role="group" aria-label="${escapeMarkup(explain)}"><table><caption><span>${inline(explain)}</span></caption>
<thead><tr>${head}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`;
}

function cell(text: string, column: Column, index: number): string {
  return index === 0
    ? `<th scope="row"${aligned(column)}>${inline(text)}</th>`
    : `<td${aligned(column)}>${inline(text)}</td>`;
}

function aligned(column: Column): string {
  return column.align === 'right' ? ' class="number"' : '';
}

function inline(text: string): string {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .map((part, index) => {
      if (index % 2 === 0) return escapeMarkup(part);
      return part.startsWith('`')
        ? `<code>${escapeMarkup(part.slice(1, -1))}</code>`
        : `<strong>${escapeMarkup(part.slice(2, -2))}</strong>`;
    })
    .join('');
}
