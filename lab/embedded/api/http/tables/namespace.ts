import { age } from './duration.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const namespace: Printer<'namespaces'> = {
  columns: [NAME, column('Status'), AGE],
  cells: ({ metadata, status }, now) => [metadata.name, status?.phase ?? '', age(metadata.creationTimestamp, now)],
};
