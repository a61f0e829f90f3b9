/** Writes the table of metrics at the end of docs/reading-a-report.md: `node lab/checks/print-metrics.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { projectPath } from '../project.ts';
import { metricTable } from './metric-table.ts';

const file = projectPath('docs', 'reading-a-report.md');
const marker = /(<!-- metrics: [^\n]*-->\n)[^]*$/;
writeFileSync(
  file,
  readFileSync(file, 'utf8').replace(marker, (_, comment: string) => `${comment}\n${metricTable()}\n`),
);
