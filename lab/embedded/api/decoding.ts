/** Turns what callers hand in into an object of the right kind, in the right place, with defaults. */
import type { WriteOptions } from './client.ts';
import { applyDefaults } from './defaults/defaults.ts';
import type { ResourceInfo } from './resources.ts';
import { apiVersionOf } from './resources.ts';
import type { Decoded } from './schema/decode.ts';
import { decode, reportUnknown } from './schema/decode.ts';
import { badRequest } from './status-errors.ts';
import type { KubeObject } from './types.ts';
import { isRecord } from './values.ts';

/** What callers hand in, of any kind. */
export interface Input {
  apiVersion?: string | undefined;
  kind?: string | undefined;
  metadata?: object | undefined;
}

/**
 * A complete, defaulted copy of `input`. Throws 400 BadRequest when it is of another kind, of wrong types or, unless
 * options say otherwise, has fields that the kind does not know.
 * @param sorted whether unknown fields are named in alphabetical order, as after a patch, or as they come
 */
export function decodeInput(info: ResourceInfo, input: Input, options: WriteOptions, sorted = false): KubeObject {
  const { object, unknown } = decodePlaced(info, input, options);
  reportUnknown(info, sorted ? unknown.toSorted() : unknown, options);
  applyDefaults(info.plural, object);
  return object;
}

/** The same without defaults. Unknown fields are left to the caller to report. */
export function decodePlaced(info: ResourceInfo, input: Input, { warn }: WriteOptions): Decoded {
  checkKind(info, input);
  const decoded = decode(info, input);
  const metadata = { ...decoded.object.metadata };
  if (!info.namespaced) delete metadata.namespace;
  else if (!metadata.namespace) throw badRequest('an empty namespace may not be set during creation');
  metadata.name ??= '';
  if (warn) decoded.withoutEffect.forEach((path) => warn(`${path}: has no effect in the embedded cluster`));
  return { ...decoded, object: { ...decoded.object, apiVersion: apiVersionOf(info), kind: info.kind, metadata } };
}

function checkKind(info: ResourceInfo, input: Input): void {
  if (!isRecord(input)) throw badRequest(`the object provided is unrecognized (must be of type ${info.kind})`);
  const { apiVersion = apiVersionOf(info), kind = info.kind } = input;
  if (apiVersion === apiVersionOf(info) && kind === info.kind) return;
  throw badRequest(
    `${kind} in version "${apiVersion.split('/').at(-1)}" cannot be handled as a ${info.kind}: ` +
      `no kind "${kind}" is registered for version "${apiVersion}" under this path`,
  );
}
