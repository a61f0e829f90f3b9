/** Writes the table of differences in docs/fidelity.md: `node lab/fidelity/print-differences.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { projectPath } from '../project.ts';
import { differenceTable } from './difference-table.ts';

const file = projectPath('docs', 'fidelity.md');
const between = /(<!-- differences: [^\n]*-->\n)[^]*(\n<!-- end of differences -->)/;
writeFileSync(
  file,
  readFileSync(file, 'utf8').replace(
    between,
    (_, begin: string, end: string) => `${begin}\n${differenceTable()}\n${end}`,
  ),
);
