import type { Kinds, Stored } from '../../types.ts';
import { age } from './duration.ts';
import { NONE } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

export const controllerRevision: Printer<'controllerrevisions'> = {
  columns: [NAME, column('Controller'), column('Revision', { type: 'integer' }), AGE],
  cells: (revision, now) => [
    revision.metadata.name,
    controller(revision),
    revision.revision,
    age(revision.metadata.creationTimestamp, now),
  ],
};

function controller({ metadata }: Stored<Kinds['controllerrevisions']>): string {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner === undefined) return NONE;
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}
