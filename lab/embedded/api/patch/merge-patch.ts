/** JSON Merge Patch (RFC 7386). */
import { isRecord } from '../values.ts';

/** `target` with `patch` applied; neither is changed. Null members remove, all others replace. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(result[key], value);
  }
  return result;
}
