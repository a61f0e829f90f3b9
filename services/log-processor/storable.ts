/** What JSON can say but PostgreSQL cannot store: it would refuse the whole batch for one such value. */
import type { FieldError } from '../shared/problem.ts';

/** Deeper nesting could exhaust the stack of the database's parser. */
const DEEPEST_NESTING = 32;

/** The first part of a parsed JSON value that cannot be stored. */
export function findUnstorable(value: unknown, field: string, depth = 0): FieldError | undefined {
  if (typeof value === 'string') return unstorableText(value, field);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { field, message: 'the number is too large' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === DEEPEST_NESTING) return { field, message: `nested deeper than ${DEEPEST_NESTING} levels` };
  for (const key in value) {
    const path = `${field}.${key}`;
    const found =
      unstorableText(key, field) ?? findUnstorable((value as Record<string, unknown>)[key], path, depth + 1);
    if (found) return found;
  }
  return undefined;
}

export function unstorableText(text: string, field: string): FieldError | undefined {
  if (text.includes('\0')) return { field, message: 'contains \\u0000, which cannot be stored' };
  if (!text.isWellFormed()) return { field, message: 'contains half of a surrogate pair' };
  return undefined;
}
