/** The page for people. */
import { createHash } from 'node:crypto';
import { markup, Markup } from './markup.ts';
import type { Stats, Totals } from './stats.ts';

const STYLE = `
:root { color-scheme: light dark; --bar: #3b82f6; --line: #8884; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
header, .cards { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: baseline; }
.cards { margin: 1rem 0; }
.cards dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2rem; }
section { margin-bottom: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { width: 100%; height: 6rem; border-bottom: 1px solid var(--line); }
rect { fill: var(--bar); }
`;

/** Shows each update of the server, which rendered and escaped it. */
const SCRIPT = `
const main = document.querySelector('main');
const state = document.querySelector('#state');
const events = new EventSource('/stats-display/api/events?format=html');
events.addEventListener('stats', (event) => { main.innerHTML = event.data; state.textContent = 'live'; });
events.addEventListener('problem', (event) => { state.textContent = JSON.parse(event.data).title; });
events.addEventListener('error', () => { state.textContent = 'connection lost, trying again'; });
`;

/** Value of the header that keeps the page from loading or running anything else than its own parts. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${sha256Source(STYLE)}`,
  `script-src ${sha256Source(SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function sha256Source(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export function renderPage(stats: Stats): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log statistics</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><h1>Log statistics</h1><p role="status">State: <span id="state">as of loading</span></p></header>
<main>${renderStats(stats)}</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** The part that live updates replace. */
export function renderStats(stats: Stats): Markup {
  const { generatedAt, totals } = stats;
  return markup`
<p>Read at <time datetime="${generatedAt}">${generatedAt}</time> (<a href="/stats-display/api/stats">as JSON</a>)</p>
<dl class="cards">${[
    renderCard('Logs', totals.logs),
    renderCard('Services', totals.services),
    renderCard('Pods', totals.pods),
    renderCard('Nodes', totals.nodes),
    renderCard('Templates', totals.templates),
  ]}</dl>
<section><h2>Logs per minute</h2>${renderMinutes(stats.byMinute)}</section>
<div class="grid">${[
    renderTotals('Level', stats.byLevel),
    renderTotals('Service', stats.byService),
    renderTotals('Pod', stats.byPod),
    renderTotals('Node', stats.byNode),
  ]}</div>
<section><h2>Most frequent templates</h2>${renderTemplates(stats.topTemplates)}</section>
`;
}

function renderCard(name: string, value: number): Markup {
  return markup`<div><dt>${name}</dt><dd>${grouped(value)}</dd></div>`;
}

function renderTotals(column: string, totals: Totals): Markup {
  const sum = Object.values(totals).reduce((a, b) => a + b, 0);
  const rows = Object.entries(totals).map(([name, logs]) => {
    const share = `${((100 * logs) / sum).toFixed(1)} %`;
    return markup`
<tr><th scope="row">${name}</th><td class="number">${grouped(logs)}</td><td class="number">${share}</td></tr>`;
  });
  return markup`<section><h2>By ${column.toLowerCase()}</h2><table>
<thead><tr>
<th scope="col">${column}</th><th scope="col" class="number">Logs</th><th scope="col" class="number">Share</th>
</tr></thead>
<tbody>${rows}</tbody>
</table></section>`;
}

function renderTemplates(templates: Stats['topTemplates']): Markup {
  const rows = templates.map(
    ({ template, fingerprint, logs }) => markup`
<tr><td>${template}</td><td><code>${fingerprint}</code></td><td class="number">${grouped(logs)}</td></tr>`,
  );
  return markup`<table>
<thead><tr>
<th scope="col">Template</th><th scope="col">Fingerprint</th><th scope="col" class="number">Logs</th>
</tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

/** One bar for each minute, one unit wide, as high as its share of the highest. */
function renderMinutes(minutes: Stats['byMinute']): Markup {
  const highest = Math.max(1, ...minutes.map(({ logs }) => logs));
  const bars = minutes.map(({ minute, logs }, index) => {
    const height = (100 * logs) / highest;
    return markup`
<rect x="${index + 0.1}" y="${100 - height}" width="0.8" height="${height}"><title>${minute}: ${logs}</title></rect>`;
  });
  const total = minutes.reduce((sum, { logs }) => sum + logs, 0);
  const label = `${grouped(total)} logs in the last ${minutes.length} minutes, at most ${grouped(highest)} in one of them`;
  return markup`<p>${label}</p>
<svg viewBox="0 0 ${minutes.length} 100" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}</svg>`;
}

function grouped(value: number): string {
  return value.toLocaleString('en');
}
