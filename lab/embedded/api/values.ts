/** Plain JSON values as objects of the API are made of: copying, comparing and freezing them. */

/** Whether `value` is an object in JSON's sense: neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A deep copy that may be changed. Members that are undefined or null are left out, as the API server decodes null
 * as "not set"; elements of arrays are kept.
 */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member: unknown = value[key];
    if (member !== undefined && member !== null) result[key] = copy(member);
  }
  return result as T;
}

/** Whether both are the same JSON value; members that are undefined count as absent. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, index) => equal(element, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  return (
    Object.keys(a).every((key) => equal(a[key], b[key])) &&
    Object.keys(b).every((key) => b[key] === undefined || a[key] !== undefined)
  );
}

/**
 * `next`, but with every part that equals the corresponding part of `previous` replaced by that part. The result is
 * `previous` itself when nothing differs, which is how the store notices a write without effect; and what differs
 * costs only its own memory in the history of events.
 */
export function share<T>(previous: unknown, next: T): T {
  if (previous === next) return next;
  if (Array.isArray(previous) && Array.isArray(next)) return shareArray(previous, next) as T;
  if (isRecord(previous) && isRecord(next)) return shareRecord(previous, next) as T;
  return next;
}

function shareArray(previous: unknown[], next: unknown[]): unknown[] {
  const result = next.map((element, index) => share(previous[index], element));
  const same = previous.length === result.length && result.every((element, index) => element === previous[index]);
  return same ? previous : result;
}

function shareRecord(previous: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let count = 0;
  let same = true;
  for (const key of Object.keys(next)) {
    if (next[key] === undefined) continue;
    count++;
    result[key] = share(previous[key], next[key]);
    same &&= result[key] === previous[key];
  }
  return same && count === Object.keys(previous).length ? previous : result;
}

/** Freezes `value` and all below it. Parts that are frozen already are taken to be frozen all the way down. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
