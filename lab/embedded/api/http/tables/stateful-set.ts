import { age } from './duration.ts';
import { READY_COLUMN, TEMPLATE_COLUMNS, templateCells } from './format.ts';
import { AGE, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const statefulSet: Printer<'statefulsets'> = {
  columns: [NAME, READY_COLUMN, AGE, ...TEMPLATE_COLUMNS],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    age(metadata.creationTimestamp, now),
    ...templateCells(spec?.template),
  ],
};
