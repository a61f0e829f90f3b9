/** The four ways to patch an object. */
import type { Operation } from 'fast-json-patch';
import jsonPatch from 'fast-json-patch';
import type { PatchType } from '../client.ts';
import { ApiError } from '../errors.ts';
import type { StructType } from '../schema/schema.ts';
import { badRequest } from '../status-errors.ts';
import { isRecord } from '../values.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

/**
 * What a patch other than `apply` makes of `object`, which is not changed.
 * Throws 400 BadRequest when the patch is none, 422 Invalid when it cannot be applied.
 */
export function patched(object: object, type: Exclude<PatchType, 'apply'>, body: unknown, struct: StructType): object {
  if (type === 'json') return applyJsonPatch(object, body);
  if (!isRecord(body))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  return (type === 'merge' ? applyMergePatch(object, body) : applyStrategicMergePatch(object, body, struct)) as object;
}

function applyJsonPatch(object: object, body: unknown): object {
  if (!Array.isArray(body)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  const operations = body as Operation[];
  if (jsonPatch.validate(operations, object) !== undefined) {
    // The API server does not say which operation fails either.
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});
  }
  return jsonPatch.applyPatch(structuredClone(object), operations).newDocument;
}
