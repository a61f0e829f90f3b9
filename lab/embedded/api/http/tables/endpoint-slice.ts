import type { EndpointPort } from 'kubernetes-types/discovery/v1.js';
import { age } from './duration.ts';
import { firstFew, UNSET } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

const SHOWN = 3;
const more = (count: number): string => ` + ${count} more...`;

export const endpointSlice: Printer<'endpointslices'> = {
  columns: [NAME, column('AddressType'), column('Ports'), column('Endpoints'), AGE],
  cells: ({ metadata, addressType, ports = [], endpoints }, now) => [
    metadata.name,
    addressType,
    firstFew(ports.map(portText), SHOWN, more) || UNSET,
    firstFew(
      endpoints.flatMap(({ addresses }) => addresses),
      SHOWN,
      more,
    ) || UNSET,
    age(metadata.creationTimestamp, now),
  ],
};

/** A port without a number stands for all. */
function portText({ name, port }: EndpointPort): string {
  return port === undefined ? name || '*' : String(port);
}
