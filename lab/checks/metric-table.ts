/** The reference of all metrics as a Markdown table. */
import { metricDefinitions } from './catalogue.ts';

/** Metrics of a phase without its name, and those of the whole run. */
export function metricTable(): string {
  const definitions = [...metricDefinitions([{ name: 'PHASE', loads: [] }])].filter(
    ([path]) => !path.startsWith('overall.'),
  );
  const rows = definitions.map(([path, { unit, words, meaning }]) => {
    const of = words ? words.join(', ') : unit;
    return `| \`${path.replace(/^PHASE\./, '')}\` | ${of} | ${meaning} |`;
  });
  return ['| Metric | Unit | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
