import { age } from './duration.ts';
import { READY_COLUMN, selector, SELECTOR_COLUMN, TEMPLATE_COLUMNS, templateCells } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const deployment: Printer<'deployments'> = {
  columns: [NAME, READY_COLUMN, column('Up-to-date'), column('Available'), AGE, ...TEMPLATE_COLUMNS, SELECTOR_COLUMN],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...templateCells(spec?.template),
    selector(spec?.selector),
  ],
};
