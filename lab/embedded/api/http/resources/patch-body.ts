/** What a PATCH asks for: its type, body and options. */
import type { PatchType, WriteOptions } from '../../client.ts';
import { ApiError } from '../../errors.ts';
import { badRequest } from '../../status-errors.ts';
import type { FieldError } from '../../status-errors.ts';
import { contentType, parseJson, parseYaml, readBody } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import { parseWriteOptions, throwInvalid } from './write-options.ts';

export interface PatchRequest {
  patch: { type: PatchType; body: unknown };
  options: WriteOptions;
}

const PATCH_TYPES = new Map<string, PatchType>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
]);

/** Throws 415 for an unknown type of patch, 400 when it does not parse, 422 when the options do not go with it. */
export async function readPatch(exchange: Exchange): Promise<PatchRequest> {
  const type = PATCH_TYPES.get(contentType(exchange.request));
  if (type === undefined) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
  const text = (await readBody(exchange.request)).toString();
  const body = await parsePatch(type, text);
  const options = parseWriteOptions(exchange, 'PatchOptions');
  throwInvalid('PatchOptions', optionErrors(exchange.query, type));
  return { patch: { type, body }, options };
}

async function parsePatch(type: PatchType, text: string): Promise<unknown> {
  // A server-side apply may be YAML; JSON is part of it, and far quicker to read.
  if (type === 'apply' && !text.trimStart().startsWith('{')) return parseYaml(text);
  if (type !== 'merge') return parseJson(text);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('invalid JSON patch');
  }
}

function optionErrors(query: URLSearchParams, type: PatchType): FieldError[] {
  if (type === 'apply') {
    if (query.get('fieldManager')) return [];
    const message = 'Required value: is required for apply patch';
    return [{ field: 'fieldManager', reason: 'FieldValueRequired', message }];
  }
  if (!query.has('force')) return [];
  const message = 'Forbidden: may not be specified for non-apply patch';
  return [{ field: 'force', reason: 'FieldValueForbidden', message }];
}
