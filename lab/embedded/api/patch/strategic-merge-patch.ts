/**
 * Strategic merge patch: a JSON merge patch that knows by the schema which lists are merged element by element.
 * Directives and messages: k8s.io/apimachinery/pkg/util/strategicpatch.
 */
import { ApiError } from '../errors.ts';
import type { FieldType, StructType } from '../schema/schema.ts';
import { badRequest } from '../status-errors.ts';
import { equal, isRecord } from '../values.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

type Members = Record<string, unknown>;

/** `target` with `patch` applied; neither is changed. Throws 400 for directives that make no sense. */
export function applyStrategicMergePatch(target: unknown, patch: unknown, struct: StructType): unknown {
  if (!isRecord(patch)) throw badRequest('error decoding patch: the patch must be an object');
  return mergeMembers(isRecord(target) ? target : {}, patch, struct);
}

/** @param struct the members' types; undefined for maps and free forms */
function mergeMembers(target: Members, patch: Members, struct: StructType | undefined): Members {
  const { [DIRECTIVE]: directive, ...changes } = patch;
  if (directive === 'replace') return changes;
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive);
  const result = retainKeys(target, changes);
  for (const [name, value] of Object.entries(changes)) {
    if (name.startsWith('$')) continue;
    const merged = mergeMember(result[name], value, struct?.fields.get(name));
    if (merged === undefined) delete result[name];
    else result[name] = merged;
  }
  applyListDirectives(result, changes, target, struct);
  return result;
}

function unknownDirective(directive: unknown): ApiError {
  return badRequest(`Unknown patch type found: ${String(directive)}`);
}

/** `$retainKeys` names the only members that may stay. */
function retainKeys(target: Members, patch: Members): Members {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...target };
  if (!Array.isArray(keys)) throw badRequest(`invalid value for ${RETAIN_KEYS}: it must be a list`);
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.includes(name)));
}

/** The member's new value; undefined when it is to go. */
function mergeMember(target: unknown, patch: unknown, type: FieldType | undefined): unknown {
  if (patch === null) return undefined;
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, type);
  if (!isRecord(patch)) return patch;
  if (patch[DIRECTIVE] === 'delete') return undefined;
  return mergeMembers(isRecord(target) ? target : {}, patch, type?.shape === 'single' ? type.struct : undefined);
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], type: FieldType | undefined): unknown[] {
  if (type?.mergeKey === undefined) return patch.filter((element) => !isDirective(element));
  if (type.mergeKey === '') {
    const added = patch.filter((value) => !target.some((known) => equal(known, value)));
    return inOrder([...target, ...added], patch, target, '');
  }
  const merged = mergeKeyedList(target as Members[], patch as Members[], type);
  return inOrder(merged, patch, target, type.mergeKey);
}

function isDirective(element: unknown): boolean {
  return isRecord(element) && DIRECTIVE in element;
}

function mergeKeyedList(target: readonly Members[], patch: readonly Members[], type: FieldType): Members[] {
  const key = type.mergeKey!;
  // One element `$patch: replace` without a key makes the rest of the patch the whole list.
  if (patch.some((element) => element[DIRECTIVE] === 'replace' && !(key in element))) {
    return patch.filter((element) => !(DIRECTIVE in element));
  }
  let result = [...target];
  for (const element of patch) {
    if (!(key in element)) throw missingKey(element, key);
    const index = result.findIndex((known) => equal(known[key], element[key]));
    if (element[DIRECTIVE] === 'delete') result = result.filter((known) => !equal(known[key], element[key]));
    else if (index < 0) result.push(mergeMembers({}, element, type.struct));
    else result[index] = mergeMembers(result[index]!, element, type.struct);
  }
  return result;
}

function missingKey(element: Members, key: string): ApiError {
  const members = Object.entries(element).map(([name, value]) => `${name}:${String(value)}`);
  return new ApiError('Unknown', `map: map[${members.join(' ')}] does not contain declared merge key: ${key}`);
}

function applyListDirectives(result: Members, patch: Members, target: Members, struct: StructType | undefined): void {
  for (const [name, values] of Object.entries(patch)) {
    if (!name.startsWith(DELETE_PREFIX)) continue;
    const list = name.slice(DELETE_PREFIX.length);
    const gone = values as unknown[];
    result[list] = listIn(result, list).filter((value) => !gone.some((other) => equal(other, value)));
  }
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(ORDER_PREFIX)) continue;
    const list = name.slice(ORDER_PREFIX.length);
    const mergeKey = struct?.fields.get(list)?.mergeKey ?? '';
    if (list in result) {
      result[list] = inOrder(listIn(result, list), order as unknown[], listIn(target, list), mergeKey);
    }
  }
}

function listIn(members: Members, name: string): readonly unknown[] {
  const list = members[name];
  return Array.isArray(list) ? list : [];
}

/**
 * The elements of `list` that `order` names in that order, and the others, which the sender did not know of, in the
 * order in which they were: each before the first named one that it was in front of.
 * @param before the list as it was
 */
function inOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const idOf = (element: unknown): unknown => (mergeKey === '' ? element : (element as Members)[mergeKey]);
  const rankIn = (elements: readonly unknown[], element: unknown): number =>
    elements.findIndex((other) => equal(idOf(other), idOf(element)));
  const named = list.filter((element) => rankIn(order, element) >= 0);
  const others = list.filter((element) => rankIn(order, element) < 0);
  named.sort((a, b) => rankIn(order, a) - rankIn(order, b));
  others.sort((a, b) => rankIn(before, a) - rankIn(before, b));
  const result: unknown[] = [];
  for (const element of named) {
    const rank = rankIn(before, element);
    while (others.length > 0 && rankIn(before, others[0]) < rank) result.push(others.shift());
    result.push(element);
  }
  return [...result, ...others];
}
