import t from 'tap';
import { loadBalanceRun, nodeFailureRun } from '../history/testing-runs.ts';
import { buildReport } from './build.ts';
import { consoleSummary } from './console.ts';
import { renderHtml } from './html.ts';
import { renderIndex } from './index.ts';
import { renderMarkdown } from './markdown.ts';
import { renderReport } from './render.ts';

const model = buildReport(nodeFailureRun(), {});

void t.test('hostile text stays text', async (t) => {
  const history = loadBalanceRun();
  history.scenario.title = '<script>alert(1)</script> & "x" | *y*';
  history.scenario.question = '</title><img src=x onerror=alert(1)>';
  history.scenario.text = '```\n<script>';
  const hostile = buildReport(history, {});
  const html = renderHtml(hostile);
  t.notMatch(html, /<script|<img/);
  t.match(html, '&lt;script&gt;alert(1)&lt;/script&gt;');
  const markdown = renderMarkdown(hostile);
  t.match(markdown, '# \\<script\\>alert(1)\\</script\\> & "x" | \\*y\\*');
  t.match(markdown, '````yaml\n```\n<script>\n````');
});

function cells(line: string): number {
  return line.split(/(?<!\\)\|/).length;
}

void t.test('every table row has as many cells as its header', async (t) => {
  let width = 0;
  for (const line of renderMarkdown(model).split('\n')) {
    if (!line.startsWith('|')) width = 0;
    else if (width === 0) width = cells(line);
    else t.equal(cells(line), width, line);
  }
});

void t.test('the page is labelled for those who do not see it', async (t) => {
  const html = renderHtml(model);
  t.match(html, '<html lang="en">');
  for (const landmark of ['<header>', '<nav aria-label', '<main', '<footer>']) t.match(html, landmark);
  const svgs = html.match(/<svg[^>]*>/g)!;
  t.ok(svgs.length >= 5 && svgs.every((svg) => svg.includes('role="img"') && svg.includes('aria-labelledby')));
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  t.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const [, anchor] of html.matchAll(/href="#([^"]+)"/g)) t.ok(ids.includes(anchor), anchor!);
  t.notMatch(
    html.replaceAll('http://www.w3.org/2000/svg', ''),
    /https?:\/\/|<script|<link rel="stylesheet"/,
    'needs nothing else',
  );
  t.notMatch(html, /<th(?! scope)(?!ead)/, 'every header says what it heads');
});

void t.test('charts stay within their frame', async (t) => {
  for (const [file, svg] of renderReport(model)) {
    if (!file.endsWith('.svg')) continue;
    const height = Number(/viewBox="0 0 760 (\d+)"/.exec(svg)![1]);
    for (const [, x, y] of svg.matchAll(/<(?:text|rect) x="([^"]+)" y="([^"]+)"/g)) {
      t.ok(Number(x) >= 0 && Number(x) <= 760 && Number(y) >= 0 && Number(y) <= height, `${file}: ${x}, ${y}`);
    }
  }
});

void t.test('the console shows the outcome, each expectation, and where the report is', async (t) => {
  const lines = consoleSummary(model, 'reports/node-failure/1');
  t.match(lines[0], /PASS$/);
  t.ok(lines.some((line) => /PASS {2}failure.recovery.seconds <= 60 +10\.4 s/.test(line)));
  t.equal(lines.at(-1), 'report: reports/node-failure/1/report.md');
  t.notMatch(lines.join(''), '\u001b');
  t.match(consoleSummary(model, '', { colour: true })[0], '\u001b[32mPASS');
});

void t.test('the index lists the newest first, and what cannot be read', async (t) => {
  const older = { ...model, run: { ...model.run, startedAt: '2025-01-01T00:00:00Z' } };
  const index = renderIndex(
    [
      { path: 'a/1', model: older },
      { path: 'a/2', model },
    ],
    ['a/3: broken'],
  );
  t.ok(index.indexOf('a/2/report.md') < index.indexOf('a/1/report.md'));
  t.match(index, '- cannot be read: a/3: broken');
});
