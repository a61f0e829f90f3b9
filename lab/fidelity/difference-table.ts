/** The differences that stay, as a Markdown table for docs/fidelity.md. Those of one reason share a row. */
import { DIFFERENCES } from './differences.ts';

export function differenceTable(): string {
  const byReason = Map.groupBy(DIFFERENCES, ({ reason }) => reason);
  const rows = [...byReason].map(([reason, differences]) => {
    const cases = code(differences.map((difference) => difference.cases));
    const paths = code(differences.flatMap((difference) => difference.paths));
    return `| ${reason} | ${cases} | ${paths} |`;
  });
  return ['| Why it stays | In the cases | Where in the answer |', '| --- | --- | --- |', ...rows].join('\n');
}

function code(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `\`${text}\``).join(', ');
}
