/** The index of all reports, for reports/README.md. */
import { formatSeconds } from './format.ts';
import type { ReportModel } from './model.ts';
import { OUTCOME_WORDS } from './sections/summary.ts';

/** `path` is relative to the index. Newest first. */
export function renderIndex(entries: { path: string; model: ReportModel }[], unreadable: string[]): string {
  const newest = entries.toSorted((a, b) => (a.model.run.startedAt < b.model.run.startedAt ? 1 : -1));
  const rows = newest.map(({ path, model }) => {
    const { scenario, run, environment, outcome } = model;
    const held = model.expectations.filter((expectation) => expectation.outcome === 'pass').length;
    const cells = [
      run.startedAt,
      `[${scenario.title.replaceAll(/[|[\]]/g, ' ')}](${encodeURI(path)}/report.md)`,
      OUTCOME_WORDS[outcome],
      `${held} of ${model.expectations.length}`,
      formatSeconds(run.durationSeconds),
      environment.provider,
      String(run.seed),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# Reports',
    '',
    'Written by `npm run scenario`; the newest is first. How to read one: [reading a report](../docs/reading-a-report.md).',
    '',
    '| Started | Scenario | Outcome | Expectations held | Length | Provider | Seed |',
    '| --- | --- | --- | ---: | ---: | --- | ---: |',
    ...rows,
    '',
    ...unreadable.flatMap((problem) => [`- cannot be read: ${problem}`, '']),
  ].join('\n');
}
