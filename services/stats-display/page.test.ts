import { createHash } from 'node:crypto';
import t from 'tap';
import { markup, Markup } from './markup.ts';
import { CONTENT_SECURITY_POLICY, renderPage } from './page.ts';
import type { Stats } from './stats.ts';

const EVIL = `<script>alert("1 & '2'")</script>`;
const ESCAPED = '&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;';

const stats: Stats = {
  generatedAt: '2026-01-31T08:15:00.000Z',
  totals: { logs: 1_234_567, services: 1, pods: 1, nodes: 1, templates: 1 },
  byLevel: { info: 1_234_567 },
  byService: { [EVIL]: 1 },
  byPod: { [EVIL]: 3, 'pod-2': 1 },
  byNode: { [EVIL]: 1 },
  byMinute: [
    { minute: '2026-01-31T08:14:00Z', logs: 0, byLevel: {} },
    { minute: '2026-01-31T08:15:00Z', logs: 5, byLevel: { info: 5 } },
  ],
  topTemplates: [{ fingerprint: EVIL, template: EVIL, logs: 1 }],
};

void t.test('markup escapes everything that is not markup', async (t) => {
  t.equal(markup`<b title="${EVIL}">${3}</b>`.text, `<b title="${ESCAPED}">3</b>`);
  t.equal(markup`${[markup`<i>${'<'}</i>`, new Markup('<br>')]}`.text, '<i>&lt;</i><br>');
});

void t.test('the page shows the numbers and escapes the names', async (t) => {
  const page = renderPage(stats);
  t.match(page, '<dt>Logs</dt><dd>1,234,567</dd>');
  t.match(page, '<th scope="row">pod-2</th><td class="number">1</td><td class="number">25.0 %</td>');
  t.match(page, 'aria-label="5 logs in the last 2 minutes, at most 5 in one of them"');
  t.notMatch(page, EVIL);
  t.equal(page.split(ESCAPED).length - 1, 5, 'service, pod, node, template, fingerprint');
});

void t.test('nothing of the page comes from elsewhere, and the policy allows just what it holds', async (t) => {
  const page = renderPage(stats);
  t.notMatch(page, /(?:src|href)="(?:https?:)?\/\//);
  for (const tag of ['style', 'script']) {
    const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(text).digest('base64');
    t.match(CONTENT_SECURITY_POLICY, `${tag}-src 'sha256-${hash}'`);
  }
  t.notMatch(page, /style="|onclick|onload/);
});
