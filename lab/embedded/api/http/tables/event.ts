import type { Kinds, Stored } from '../../types.ts';
import { age } from './duration.ts';
import { column, NAME, wideColumn } from './printer.ts';
import type { Printer } from './printer.ts';

type Event = Stored<Kinds['events']>;

export const event: Printer<'events'> = {
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    wideColumn('Subobject'),
    wideColumn('Source'),
    column('Message'),
    wideColumn('First Seen'),
    wideColumn('Count'),
    { ...NAME, priority: 1 },
  ],
  cells: (event, now) => {
    const first = event.firstTimestamp ?? event.eventTime;
    const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? first;
    return [
      age(last, now),
      event.type ?? '',
      event.reason ?? '',
      target(event),
      event.involvedObject.fieldPath ?? '',
      source(event),
      (event.message ?? '').trim(),
      age(first, now),
      event.series?.count ?? event.count ?? 1,
      event.metadata.name,
    ];
  },
};

function target({ involvedObject: { kind = '', name = '' } }: Event): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function source({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || (reportingComponent ?? '');
  const host = source?.host || (reportingInstance ?? '');
  return [component, host].filter((part) => part !== '').join(', ');
}
