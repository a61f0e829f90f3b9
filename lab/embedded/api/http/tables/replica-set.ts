import { age } from './duration.ts';
import { selector, SELECTOR_COLUMN, TEMPLATE_COLUMNS, templateCells } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const replicaSet: Printer<'replicasets'> = {
  columns: [
    NAME,
    column('Desired', { type: 'integer' }),
    column('Current', { type: 'integer' }),
    column('Ready', { type: 'integer' }),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR_COLUMN,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...templateCells(spec?.template),
    selector(spec?.selector),
  ],
};
