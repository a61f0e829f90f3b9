/** The page in a real browser. Needs chromium on PATH, or CHROMIUM to name one; skipped where there is none. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import t, { type Test } from 'tap';
import { loadBalanceRun, nodeFailureRun } from '../history/testing-runs.ts';
import { buildReport } from './build.ts';
import { renderHtml } from './html.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

function findChromium(): string | undefined {
  const names = [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome'];
  return names.find((name) => name !== undefined && spawnSync(name, ['--version']).status === 0);
}

function pathOf(program: string): string {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).stdout.trim();
}

const chromium = findChromium();

void t.test('the page', { skip: chromium === undefined && 'no chromium here' }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'log-lab-report-'));
  // Without its sandbox, which needs a user other than root; it opens nothing but the two files written here.
  const browser = await launch({ executablePath: pathOf(chromium!), args: ['--no-sandbox'] });
  t.teardown(async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  });
  for (const [name, run] of [
    ['load-balance', loadBalanceRun()],
    ['node-failure', nodeFailureRun()],
  ] as const) {
    const file = join(directory, `${name}.html`);
    writeFileSync(file, renderHtml(buildReport(run, {})));
    await t.test(name, async (t) => inspect(t, browser, pathToFileURL(file).href));
  }
});

async function inspect(t: Test, browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(url);
  t.same(complaints, [], 'nothing on the console');
  t.same(requested, [url], 'nothing else is loaded');
  const colours = new Set<string>();
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    colours.add((await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string);
    t.same(await violations(page), [], `accessible, contrast included, in ${scheme} colours`);
  }
  t.equal(colours.size, 2, 'light and dark differ');
  for (const width of [360, 1280]) {
    await page.setViewport({ width, height: 800 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    t.equal(overflow, 0, `fits a window ${width} pixels wide`);
  }
  await page.emulateMediaType('print');
  t.equal(
    await page.evaluate('getComputedStyle(document.body).backgroundColor'),
    'rgb(255, 255, 255)',
    'printed on white, also from dark',
  );
  t.ok((await page.pdf()).length > 10_000, 'prints');
  await page.close();
}

/** Rules that axe-core finds broken, each with the elements that break it. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const results = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
