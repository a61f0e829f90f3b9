import { age } from './duration.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

const ABSENT = 'N/A';

export const podDisruptionBudget: Printer<'poddisruptionbudgets'> = {
  columns: [
    NAME,
    column('Min Available'),
    column('Max Unavailable'),
    column('Allowed Disruptions', { type: 'integer' }),
    AGE,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    String(spec?.minAvailable ?? ABSENT),
    String(spec?.maxUnavailable ?? ABSENT),
    status?.disruptionsAllowed ?? 0,
    age(metadata.creationTimestamp, now),
  ],
};
