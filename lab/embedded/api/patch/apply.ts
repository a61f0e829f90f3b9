/**
 * Server-side apply: merges a configuration into an object, gives its fields to the one who applies it, and takes away
 * what that one applied before and does not any more. Follows sigs.k8s.io/structured-merge-diff.
 */
import type { WriteOptions } from '../client.ts';
import { ApiError } from '../errors.ts';
import { timestamp } from '../metadata.ts';
import { structOf } from '../schema/schema.ts';
import type { KubeObject } from '../types.ts';
import { isRecord, share } from '../values.ts';
import type { FieldSet } from './field-set.ts';
import { difference, hasSelf, intersection, pathElement, pathsOf } from './field-set.ts';
import type { FieldOf } from './fields.ts';
import { elementKey, fieldsOf, partsOfValue, rootType } from './fields.ts';
import type { Manager } from './managed-fields.ts';
import { changesOf, managersOf, sameManager, setManagers, withoutSystemFields } from './managed-fields.ts';

/**
 * The object that applying `config` makes of `current` (undefined: of nothing), with its managers.
 * Throws 409 Conflict when it would change fields that others own, unless options.force is set.
 */
export function applyConfiguration(
  current: KubeObject | undefined,
  config: KubeObject,
  options: WriteOptions,
): KubeObject {
  const type = rootType(structOf(config.kind));
  const managers = managersOf(current);
  const applier: Manager = {
    manager: options.fieldManager!,
    operation: 'Apply',
    apiVersion: config.apiVersion,
    time: timestamp(),
    ...(options.subresource !== undefined && { subresource: options.subresource }),
    fields: withoutSystemFields(fieldsOf(config, type)),
  };
  const before = managers.find((manager) => sameManager(manager, applier));
  const others = managers.filter((manager) => manager !== before);
  const merged = mergeValue(current, config, type) as KubeObject;
  const dropped = difference(before?.fields, applier.fields);
  const next = prune(
    merged,
    dropped,
    others.map(({ fields }) => fields),
    type,
  ) as KubeObject;
  const { changed, removed } = changesOf(current, share(current, next));
  const conflicts = others.map((manager) => ({ manager, fields: intersection(manager.fields, changed) }));
  if (!options.force && conflicts.some(({ fields }) => fields !== undefined)) throw conflictError(conflicts);
  const kept = others.map((manager) => ({
    ...manager,
    fields: difference(difference(manager.fields, changed), removed),
  }));
  const result = { ...next };
  // A manager is dated by what it changes: one that only agrees with what is there has no time of its own.
  const time = changed === undefined && removed === undefined ? (before?.time ?? '') : applier.time;
  setManagers(result, [...kept, { ...applier, time }]);
  return result;
}

/** `spec.containers[0].foo` as an apply names it: `.spec.containers[name="a"].foo`, where elements have keys. */
export function keyedPath(config: KubeObject, path: string): string {
  let place: { value: unknown; type: FieldOf } | undefined = { value: config, type: rootType(structOf(config.kind)) };
  let keyed = '';
  for (const [element, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const parts: ReturnType<typeof partsOfValue> = place && partsOfValue(place.value, place.type);
    const key: string | undefined =
      name !== undefined ? `f:${name}` : parts && elementKey((place!.value as unknown[])[Number(index)], place!.type);
    keyed += key === undefined ? element : pathElement(key);
    place = key === undefined ? undefined : parts?.get(key);
  }
  return keyed;
}

/** The first list in which two elements have the same key, in the API server's words; undefined when there is none. */
export function duplicateIn(config: KubeObject): string | undefined {
  return duplicateBelow(config, rootType(structOf(config.kind)), '');
}

function duplicateBelow(value: unknown, type: FieldOf, path: string): string | undefined {
  const parts = partsOfValue(value, type);
  if (parts === undefined) return undefined;
  if (type.shape === 'list' && parts.size < (value as unknown[]).length) {
    const keys = (value as unknown[]).map((element) => elementKey(element, type));
    const key = keys.find((other, index) => keys.indexOf(other) < index)!;
    return `${path}: duplicate entries for key ${pathElement(key)}`;
  }
  for (const [key, part] of parts) {
    const found = duplicateBelow(part.value, part.type, path + pathElement(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `config` laid over `current`: what only `current` has stays, lists with keys are merged by them. */
function mergeValue(current: unknown, config: unknown, type: FieldOf): unknown {
  if (config === undefined) return current;
  const parts = partsOfValue(config, type);
  if (parts === undefined || current === undefined) return config;
  if (type.shape === 'list') return mergeList(current as unknown[], config as unknown[], type);
  if (!isRecord(current)) return config;
  const result = { ...current };
  for (const [key, part] of parts) {
    const name = key.slice(2);
    result[name] = mergeValue(current[name], part.value, part.type);
  }
  return result;
}

/** Elements keep their places; new ones follow in the order of the configuration. */
function mergeList(current: unknown[], config: unknown[], type: FieldOf): unknown[] {
  const wanted = new Map(partsOfValue(config, type));
  const merged = current.map((element) => {
    const key = elementKey(element, type);
    const part = wanted.get(key);
    wanted.delete(key);
    return part === undefined ? element : mergeValue(element, part.value, part.type);
  });
  return [...merged, ...[...wanted.values()].map(({ value }) => value)];
}

/**
 * Takes out of `value` the fields that are dropped and that nobody else owns. An element of a list goes as a whole,
 * unless somebody else owns a part of it.
 */
function prune(
  value: unknown,
  dropped: FieldSet | undefined,
  owners: readonly (FieldSet | undefined)[],
  type: FieldOf,
): unknown {
  const parts = partsOfValue(value, type);
  if (dropped === undefined || parts === undefined) return value;
  const kept = [...parts].flatMap(([key, part]): [string, unknown][] => {
    const drop = dropped[key];
    if (drop === undefined) return [[key, part.value]];
    const theirs = owners.map((fields) => fields?.[key]).filter((fields) => fields !== undefined);
    if (hasSelf(drop) && theirs.length === 0) return [];
    const rest = prune(part.value, drop, theirs, part.type);
    return isEmptied(part.value, rest) && theirs.length === 0 ? [] : [[key, rest]];
  });
  if (type.shape === 'list') return kept.map(([, element]) => element);
  return Object.fromEntries(kept.map(([key, member]) => [key.slice(2), member]));
}

/** Whether nothing is left of a value of which there was something. */
function isEmptied(before: unknown, after: unknown): boolean {
  return countParts(before) > 0 && countParts(after) === 0;
}

function countParts(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1;
}

interface Conflict {
  manager: Manager;
  fields: FieldSet | undefined;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const all = conflicts.flatMap(({ manager, fields }) =>
    pathsOf(fields).map((field) => ({ field, manager: describe(manager) })),
  );
  all.sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0));
  const causes = all.map(({ field, manager }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  const [first] = all;
  const text = all.length === 1 ? `1 conflict: conflict with ${first!.manager}: ${first!.field}` : summary(all);
  return new ApiError('Conflict', `Apply failed with ${text}`, { causes });
}

function summary(all: readonly { field: string; manager: string }[]): string {
  const managers = [...new Set(all.map(({ manager }) => manager))].sort();
  const blocks = managers.map((name) => {
    const fields = all.filter(({ manager }) => manager === name).map(({ field }) => `- ${field}`);
    return [`conflicts with ${name}:`, ...fields].join('\n');
  });
  return `${all.length} conflicts: ${blocks.join('\n')}`;
}

function describe({ manager, operation, apiVersion, subresource }: Manager): string {
  const name =
    JSON.stringify(manager) + (subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
