import { age } from './duration.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const serviceAccount: Printer<'serviceaccounts'> = {
  columns: [NAME, column('Secrets', { type: 'integer' }), AGE],
  cells: ({ metadata, secrets = [] }, now) => [metadata.name, secrets.length, age(metadata.creationTimestamp, now)],
};
