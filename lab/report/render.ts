/** All files of a rendered report, by name. Pure: the same model always gives the same files. */
import { reportBlocks } from './content.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import type { ReportModel } from './model.ts';

export const REPORT_JSON = 'report.json';

export function renderReport(model: ReportModel): Map<string, string> {
  const files = new Map([
    [REPORT_JSON, renderJson(model)],
    ['report.md', renderMarkdown(model)],
    ['report.html', renderHtml(model)],
  ]);
  for (const block of reportBlocks(model)) if (block.kind === 'figure') files.set(block.file, `${block.svg}\n`);
  return files;
}
