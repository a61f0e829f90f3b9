import { age } from './duration.ts';
import { selector } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const networkPolicy: Printer<'networkpolicies'> = {
  columns: [NAME, column('Pod-Selector'), AGE],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    selector(spec?.podSelector),
    age(metadata.creationTimestamp, now),
  ],
};
