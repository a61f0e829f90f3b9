import { readFileSync } from 'node:fs';
import t from 'tap';
import { projectPath } from '../project.ts';
import { metricTable } from './metric-table.ts';

/** Formatting may pad the cells. */
function squeezed(text: string): string {
  return text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
}

void t.test('the reference in the docs is that of the code', async (t) => {
  const docs = readFileSync(projectPath('docs', 'reading-a-report.md'), 'utf8');
  t.ok(squeezed(docs).includes(squeezed(metricTable())), 'else run: node lab/checks/print-metrics.ts');
});
