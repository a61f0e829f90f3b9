/** The object in a request's body, which has to agree with the request's path. */
import { apiVersionOf } from '../../resources.ts';
import { badRequest } from '../../status-errors.ts';
import { isRecord } from '../../values.ts';
import { readObject } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';

export interface BodyObject {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  [field: string]: unknown;
}

/**
 * Reads the body. apiVersion, kind, namespace and name may be left out: they are taken from the path. Throws 400
 * BadRequest when the body says otherwise than the path.
 */
export async function readBodyObject(
  { request }: Exchange,
  target: ResourceRequest,
  expected = { apiVersion: apiVersionOf(target.resource), kind: target.resource.kind },
): Promise<BodyObject> {
  const object = await readObject(request);
  if (object === undefined) throw badRequest(`the object provided is unrecognized (must be of type ${expected.kind})`);
  checkKind(object, expected);
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  return { ...object, ...expected, metadata: { ...metadata, ...placeFrom(metadata, target) } };
}

function checkKind(object: Record<string, unknown>, expected: { apiVersion: string; kind: string }): void {
  const { apiVersion = expected.apiVersion, kind = expected.kind } = object;
  if (kind !== expected.kind) {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(String(apiVersion).split('/').at(-1))} cannot be handled as a ` +
        `${expected.kind}: converting (${String(apiVersion)}.${String(kind)}) to (${internalPackage(expected.apiVersion)}.${expected.kind}): unknown conversion`,
    );
  }
  if (apiVersion !== expected.apiVersion) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
}

/** Where Kubernetes keeps its internal version of a kind: `core`, `apps`, `networking`. */
function internalPackage(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split(/[./]/)[0]! : 'core';
}

function placeFrom(metadata: Record<string, unknown>, { namespace, name, resource }: ResourceRequest): object {
  const given = metadata['namespace'];
  if (resource.namespaced && given && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (name !== undefined && metadata['name'] && metadata['name'] !== name) {
    throw badRequest(
      `the name of the object (${metadata['name'] as string}) does not match the name on the URL (${name})`,
    );
  }
  return { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
}
