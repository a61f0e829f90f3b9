/** Server-side printing: objects as a Table of meta.k8s.io/v1. */
import { badRequest } from '../../status-errors.ts';
import type { KubeObject, Kinds, Plural, Stored } from '../../types.ts';
import { objectJson, metadataJson } from '../serialize.ts';
import { printerOf } from './printers.ts';

/** How much of each object goes along with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Throws 400 BadRequest. */
export function parseIncludeObject(text: string | null): IncludeObject {
  if (text === null || text === '') return 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`);
}

/** The Table as JSON. `metadata` is the list's, or that of a single object. */
export function tableJson(
  plural: Plural,
  objects: readonly KubeObject[],
  metadata: object,
  includeObject: IncludeObject,
): string {
  const now = Date.now();
  const head = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: printerOf(plural).columns };
  const rows = objects.map((object) => rowJson(plural, object, includeObject, now));
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows.join(',')}]}`;
}

function rowJson(plural: Plural, object: KubeObject, includeObject: IncludeObject, now: number): string {
  const printer = printerOf(plural);
  const typed = object as Stored<Kinds[Plural]>;
  const conditions = printer.conditions?.(typed) ?? [];
  const row = JSON.stringify({ cells: printer.cells(typed, now), ...(conditions.length > 0 && { conditions }) });
  if (includeObject === 'None') return row;
  const included = includeObject === 'Object' ? objectJson(object) : metadataJson(object);
  return `${row.slice(0, -1)},"object":${included}}`;
}
