/** Turns a patch and the object it is for into the object to be written. */
import type { PatchType, WriteOptions } from './client.ts';
import type { Input } from './decoding.ts';
import { decodeInput, decodePlaced } from './decoding.ts';
import { ApiError } from './errors.ts';
import { applyConfiguration, duplicateIn, keyedPath } from './patch/apply.ts';
import { patched } from './patch/patch.ts';
import type { ResourceInfo } from './resources.ts';
import { toScale } from './scale.ts';
import { UndecodableError } from './schema/decode.ts';
import { structOf } from './schema/schema.ts';
import { badRequest, conflict, invalid } from './status-errors.ts';
import type { KubeObject } from './types.ts';
import { isRecord } from './values.ts';

interface Place {
  namespace: string | undefined;
  name: string;
}

/**
 * What is to be written. It may be wrong in every way, except that it is the named object.
 * @param current undefined when there is none, which only `apply` allows
 */
export function patchedInput(
  info: ResourceInfo,
  current: KubeObject | undefined,
  place: Place,
  { type, body }: { type: PatchType; body: unknown },
  options: WriteOptions,
): Input {
  if (type === 'apply') return configured(info, current, place, body, options);
  const target = options.subresource === 'scale' ? toScale(current!) : current!;
  const struct = structOf(options.subresource === 'scale' ? 'Scale' : info.kind);
  const next = patched(target, type, body, struct) as Input;
  checkPlace(next, place);
  return next;
}

/** What a patch made, decoded. What is wrong with it is the patch's fault: throws 422 Invalid. */
export function decodePatched(info: ResourceInfo, next: Input, options: WriteOptions): KubeObject {
  try {
    return decodeInput(info, next, options, true);
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(next))}: ${error.problem}`;
    const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
    throw new ApiError('Invalid', ` "" is invalid: patch: ${message}`, { causes });
  }
}

/** A patch may name the object, but not another one: an object cannot be moved. */
function checkPlace({ metadata }: Input, { namespace, name }: Place): void {
  const { name: given, namespace: givenNamespace } = (metadata ?? {}) as Partial<KubeObject['metadata']>;
  if (given !== name) {
    throw badRequest(`the name of the object (${given ?? ''}) does not match the name on the URL (${name})`);
  }
  if (namespace !== undefined && givenNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

function configured(
  info: ResourceInfo,
  current: KubeObject | undefined,
  { namespace, name }: Place,
  body: unknown,
  options: WriteOptions,
): Input {
  if (!options.fieldManager) throw managerRequired();
  if (!isRecord(body) || !body['apiVersion'] || !body['kind']) {
    throw badRequest(`invalid object type: ${goTypeName(body)}`);
  }
  const metadata = (body['metadata'] ?? {}) as Partial<KubeObject['metadata']>;
  if ((metadata.managedFields ?? []).length > 0) throw badRequest('metadata.managedFields must be nil');
  const located = { ...body, metadata: { namespace, name, ...metadata } };
  checkPlace(located, { namespace, name });
  const config = decodeConfiguration(info, body, located, options);
  if (current === undefined && config.metadata.uid) {
    const cause = `uid mismatch: the provided object specified uid ${config.metadata.uid}, and no existing object was found`;
    throw conflict(info, name, cause);
  }
  const merged = applyConfiguration(current, config, options);
  const { resourceVersion: _, ...rest } = merged.metadata;
  // Applying is not bound to a version, unless the configuration itself names one.
  const { resourceVersion } = config.metadata;
  return { ...merged, metadata: { ...rest, ...(resourceVersion && { resourceVersion }) } };
}

/** `apps/v1, Kind=Deployment`, as Go prints the type that a body says it has. */
function goTypeName(body: unknown): string {
  const { apiVersion = '', kind = '' } = (isRecord(body) ? body : {}) as { apiVersion?: string; kind?: string };
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${group}/${version}, Kind=${kind}`;
}

/** Who applies a configuration owns all its fields, so unknown ones are never passed over. */
function decodeConfiguration(info: ResourceInfo, body: Input, located: Input, options: WriteOptions): KubeObject {
  const { object, unknown } = decodePlaced(info, located, options);
  const undeclared = unknown.toSorted().map((path) => `${keyedPath(object, path)}: field not declared in schema`);
  const problem = undeclared[0] ?? duplicateIn(object);
  if (problem === undefined) return object;
  // The place as the configuration itself names it.
  const { namespace = '', name = '' } = (body.metadata ?? {}) as { namespace?: string; name?: string };
  const version = info.group === '' ? `/${info.version}` : `${info.group}/${info.version}`;
  const subject = `${namespace}/${name}; ${version}, Kind=${info.kind}`;
  throw new ApiError('Unknown', `failed to create typed patch object (${subject}): ${problem}`);
}

function managerRequired(): ApiError {
  const subject = { plural: 'patchoptions', kind: 'PatchOptions', group: 'meta.k8s.io' };
  return invalid(subject, '', [
    { field: 'fieldManager', reason: 'FieldValueRequired', message: 'Required value: is required for apply patch' },
  ]);
}
