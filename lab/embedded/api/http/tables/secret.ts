import { age } from './duration.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const secret: Printer<'secrets'> = {
  columns: [NAME, column('Type'), column('Data'), AGE],
  cells: ({ metadata, type = '', data = {} }, now) => [
    metadata.name,
    type,
    Object.keys(data).length,
    age(metadata.creationTimestamp, now),
  ],
};
