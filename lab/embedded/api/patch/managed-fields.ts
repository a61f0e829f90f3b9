/**
 * The managers of an object's fields (metadata.managedFields): who set what, by an ordinary write or by server-side
 * apply. Follows sigs.k8s.io/structured-merge-diff and k8s.io/apimachinery/pkg/util/managedfields.
 */
import type { WriteOptions } from '../client.ts';
import { timestamp } from '../metadata.ts';
import { structOf } from '../schema/schema.ts';
import type { KubeObject } from '../types.ts';
import type { FieldSet } from './field-set.ts';
import { difference, union } from './field-set.ts';
import type { Comparison } from './fields.ts';
import { compareFields, rootType } from './fields.ts';

export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** Empty when nothing was changed by it. */
  time: string;
  subresource?: string | undefined;
  fields: FieldSet | undefined;
}

/** Who a write is recorded as when it does not say. */
const UNKNOWN_MANAGER = 'unknown';

/** Fields that belong to the system: nobody is recorded as their owner. */
const SYSTEM_FIELDS: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:uid': {},
    'f:creationTimestamp': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
    'f:generation': {},
    'f:resourceVersion': {},
    'f:selfLink': {},
    'f:managedFields': {},
  },
};

export function withoutSystemFields(set: FieldSet | undefined): FieldSet | undefined {
  return difference(set, SYSTEM_FIELDS);
}

export function managersOf(object: KubeObject | undefined): Manager[] {
  return (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '',
    operation: entry.operation as Manager['operation'],
    apiVersion: entry.apiVersion ?? '',
    time: entry.time ?? '',
    ...(entry.subresource && { subresource: entry.subresource }),
    fields: entry.fieldsV1 as FieldSet | undefined,
  }));
}

/** Puts the managers into the object's metadata; those that own nothing (any more) are left out. */
export function setManagers(object: KubeObject, managers: readonly Manager[]): void {
  const entries = managers
    .filter(({ fields }) => fields !== undefined)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .map(({ manager, operation, apiVersion, time, subresource, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time !== '' && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields!,
      ...(subresource !== undefined && { subresource }),
    }));
  const { managedFields: _, ...metadata } = object.metadata;
  object.metadata = entries.length === 0 ? metadata : { ...metadata, managedFields: entries };
}

/** Appliers come first, then who wrote earlier, as the API server sorts them. */
function orderOf({ operation, time, manager, apiVersion, subresource = '' }: Manager): string {
  return [operation, time, manager, apiVersion, subresource].join('\0');
}

/**
 * The parts that an object always has. Who creates it owns what is in them, but not them: they are nobody's to remove.
 */
const SKELETON = {
  metadata: {},
  spec: { containers: [], strategy: {}, template: { metadata: {}, spec: { containers: [] } }, updateStrategy: {} },
  status: {},
};

/** How the object differs from what was stored, in fields that can have owners. */
export function changesOf(current: KubeObject | undefined, next: KubeObject): Comparison {
  const { changed, removed } = compareFields(current ?? SKELETON, next, rootType(structOf(next.kind)));
  return { changed: withoutSystemFields(changed), removed: withoutSystemFields(removed) };
}

/** Records an ordinary write: its manager now owns what it changed, and nobody else does. */
export function trackUpdate(next: KubeObject, current: KubeObject | undefined, options: WriteOptions): void {
  const managers = managersOf(current);
  const { changed, removed } = changesOf(current, next);
  if (changed === undefined && removed === undefined) return setManagers(next, managers);
  const writer: Manager = {
    manager: options.fieldManager ?? UNKNOWN_MANAGER,
    operation: 'Update',
    apiVersion: next.apiVersion,
    time: timestamp(),
    ...(options.subresource !== undefined && { subresource: options.subresource }),
    fields: undefined,
  };
  const own = managers.find((manager) => sameManager(manager, writer));
  const others = managers
    .filter((manager) => manager !== own)
    .map((manager) => ({ ...manager, fields: difference(difference(manager.fields, changed), removed) }));
  setManagers(next, [...others, { ...writer, fields: union(difference(own?.fields, removed), changed) }]);
}

export function sameManager(a: Manager, b: Manager): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    (a.subresource ?? '') === (b.subresource ?? '')
  );
}
