/**
 * Sets of fields in the form in which managedFields shows them (fieldsV1): `f:NAME` for a member, `k:KEYS` and
 * `v:VALUE` for elements of lists, `.` for the value itself beside parts of it. A node without keys is a field that is
 * in the set; `undefined` is the empty set. Sets are never changed; equal parts are shared.
 */

export interface FieldSet {
  readonly [key: string]: FieldSet;
}

const SELF = '.';
const LEAF: FieldSet = Object.freeze({});

/** Whether the field at the root of `set` itself belongs to it, not only parts of it. */
export function hasSelf(set: FieldSet): boolean {
  return SELF in set || Object.keys(set).length === 0;
}

/** A set of the root, of parts below it, or both; undefined when of neither. */
export function fieldSet(self: boolean, parts: Record<string, FieldSet>): FieldSet | undefined {
  if (Object.keys(parts).length === 0) return self ? LEAF : undefined;
  return self ? { [SELF]: LEAF, ...parts } : parts;
}

function partsOf(set: FieldSet): [string, FieldSet][] {
  return Object.entries(set).filter(([key]) => key !== SELF);
}

export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const parts = Object.fromEntries(partsOf(a));
  for (const [key, part] of partsOf(b)) parts[key] = union(parts[key], part)!;
  return fieldSet(hasSelf(a) || hasSelf(b), parts);
}

/** What is in `a` but not in `b`. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  const parts: Record<string, FieldSet> = {};
  for (const [key, part] of partsOf(a)) {
    const rest = difference(part, b[key]);
    if (rest !== undefined) parts[key] = rest;
  }
  return fieldSet(hasSelf(a) && !hasSelf(b), parts);
}

export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return undefined;
  const parts: Record<string, FieldSet> = {};
  for (const [key, part] of partsOf(a)) {
    const common = key in b ? intersection(part, b[key]) : undefined;
    if (common !== undefined) parts[key] = common;
  }
  return fieldSet(hasSelf(a) && hasSelf(b), parts);
}

/** The fields of the set as messages name them: `.spec.containers[name="a"].image`. */
export function pathsOf(set: FieldSet | undefined, prefix = ''): string[] {
  if (set === undefined) return [];
  const below = partsOf(set).flatMap(([key, part]) => pathsOf(part, prefix + pathElement(key)));
  return hasSelf(set) && prefix !== '' ? [prefix, ...below] : below;
}

/** A key of a set as messages name it: `.spec`, `[name="a"]`. */
export function pathElement(key: string): string {
  const [kind, text] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'f:') return `.${text}`;
  if (kind === 'v:') return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
