import type { Kinds, Stored } from '../../types.ts';
import { age, humanDuration } from './duration.ts';
import { selector, SELECTOR_COLUMN, TEMPLATE_COLUMNS, templateCells } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

type Job = Stored<Kinds['jobs']>;

export const job: Printer<'jobs'> = {
  columns: [
    NAME,
    column('Status'),
    column('Completions'),
    column('Duration'),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR_COLUMN,
  ],
  cells: (job, now) => [
    job.metadata.name,
    status(job),
    completions(job),
    duration(job, now),
    age(job.metadata.creationTimestamp, now),
    ...templateCells(job.spec?.template),
    selector(job.spec?.selector),
  ],
};

/** The order in which conditions decide. */
const CONDITIONS = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function status({ metadata, status }: Job): string {
  const met = new Set(status?.conditions?.filter(({ status }) => status === 'True').map(({ type }) => type));
  const final = CONDITIONS.slice(0, 2).find((type) => met.has(type));
  if (final !== undefined) return final;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return CONDITIONS.find((type) => met.has(type)) ?? 'Running';
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: number): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : Date.parse(status.completionTime);
  return humanDuration(end - Date.parse(status.startTime));
}
