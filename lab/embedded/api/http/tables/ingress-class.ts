import type { Kinds, Stored } from '../../types.ts';
import { age } from './duration.ts';
import { NONE } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const ingressClass: Printer<'ingressclasses'> = {
  columns: [NAME, column('Controller'), column('Parameters'), AGE],
  cells: (ingressClass, now) => [
    ingressClass.metadata.name,
    ingressClass.spec?.controller ?? '',
    parameters(ingressClass),
    age(ingressClass.metadata.creationTimestamp, now),
  ],
};

function parameters({ spec }: Stored<Kinds['ingressclasses']>): string {
  if (spec?.parameters === undefined) return NONE;
  const { apiGroup, kind, name } = spec.parameters;
  return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
}
