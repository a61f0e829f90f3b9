/** Which fields a value sets, and in which fields two values differ: what server-side apply keeps its books on. */
import type { FieldType, StructType } from '../schema/schema.ts';
import { equal, isRecord } from '../values.ts';
import type { FieldSet } from './field-set.ts';
import { fieldSet, union } from './field-set.ts';

/** A place in an object for which the schema says what may be there. */
export type FieldOf = Pick<FieldType, 'shape' | 'struct' | 'atomic' | 'set' | 'keys' | 'name'>;

/** The parts of a value that have owners of their own, by their keys in a field set; undefined when it has none. */
export function partsOfValue(
  value: unknown,
  type: FieldOf,
): Map<string, { value: unknown; type: FieldOf }> | undefined {
  if (type.atomic || value === undefined || value === null) return undefined;
  if (type.shape === 'list') return elementsOf(value as unknown[], type);
  if (!isRecord(value)) return undefined;
  if (type.shape === 'map') return membersOf(value, () => elementType(type));
  return type.struct && membersOf(value, (name) => type.struct!.fields.get(name));
}

function membersOf(
  value: Record<string, unknown>,
  typeOf: (name: string) => FieldOf | undefined,
): Map<string, { value: unknown; type: FieldOf }> {
  const members = new Map<string, { value: unknown; type: FieldOf }>();
  for (const [name, member] of Object.entries(value)) {
    const type = typeOf(name);
    if (type !== undefined && member !== undefined) members.set(`f:${name}`, { value: member, type });
  }
  return members;
}

function elementsOf(list: unknown[], type: FieldOf): Map<string, { value: unknown; type: FieldOf }> {
  return new Map(list.map((value) => [elementKey(value, type), { value, type: elementType(type) }]));
}

/** The key of a list's element in a field set. */
export function elementKey(element: unknown, type: FieldOf): string {
  if (type.set) return `v:${JSON.stringify(element)}`;
  const keys = [...type.keys].sort().map((key) => [key, keyValue(element, key)]);
  return `k:${JSON.stringify(Object.fromEntries(keys.filter(([, value]) => value !== undefined)))}`;
}

/** The one default that the schema has for a key: what has no protocol is TCP. */
function keyValue(element: unknown, key: string): unknown {
  const value = (element as Record<string, unknown>)[key];
  return value === undefined && key === 'protocol' ? 'TCP' : value;
}

function elementType(type: FieldOf): FieldOf {
  const atomic = type.struct?.atomic ?? true;
  return { shape: 'single', struct: type.struct, name: type.name, atomic, set: false, keys: [] };
}

/** The whole object as a field. */
export function rootType(struct: StructType): FieldOf {
  return { shape: 'single', struct, name: struct.name, atomic: false, set: false, keys: [] };
}

/** Every field that `value` sets. */
export function fieldsOf(value: unknown, type: FieldOf): FieldSet {
  const parts = partsOfValue(value, type);
  if (parts === undefined) return {};
  const sets: Record<string, FieldSet> = {};
  for (const [key, part] of parts) {
    const set = fieldsOf(part.value, part.type);
    // An element is owned itself, beside its fields: who made it may take it away.
    sets[key] = key.startsWith('k:') ? union(set, {})! : set;
  }
  return fieldSet(false, sets) ?? {};
}

export interface Comparison {
  /** Fields that are new or have another value. */
  changed: FieldSet | undefined;
  removed: FieldSet | undefined;
}

/** How `next` differs from `previous`. Parts that are the same object are taken to be equal. */
export function compareFields(previous: unknown, next: unknown, type: FieldOf): Comparison {
  if (previous === next) return { changed: undefined, removed: undefined };
  if (previous === undefined) return { changed: allFields(next, type), removed: undefined };
  if (next === undefined) return { changed: undefined, removed: allFields(previous, type) };
  const before = partsOfValue(previous, type);
  const after = partsOfValue(next, type);
  if (before === undefined || after === undefined) {
    return { changed: equal(previous, next) ? undefined : {}, removed: undefined };
  }
  const changed: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const partType = (after.get(key) ?? before.get(key)!).type;
    const part = compareFields(before.get(key)?.value, after.get(key)?.value, partType);
    if (part.changed !== undefined) changed[key] = part.changed;
    if (part.removed !== undefined) removed[key] = part.removed;
  }
  return { changed: fieldSet(false, changed), removed: fieldSet(false, removed) };
}

/** Every field of a value that came or went as a whole, the value itself included. */
function allFields(value: unknown, type: FieldOf): FieldSet {
  const parts = [...(partsOfValue(value, type) ?? [])];
  return fieldSet(true, Object.fromEntries(parts.map(([key, part]) => [key, allFields(part.value, part.type)])))!;
}
