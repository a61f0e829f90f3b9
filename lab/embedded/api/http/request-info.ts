/** What a request's path asks for, as in k8s.io/apiserver/pkg/endpoints/request (RequestInfo). */
import { ApiError } from '../errors.ts';
import { apiVersionOf, RESOURCES } from '../resources.ts';
import type { ResourceInfo } from '../resources.ts';
import { badRequest } from '../status-errors.ts';
import { REVIEWS } from './reviews.ts';

export interface ResourceRequest {
  resource: ResourceInfo;
  /** Undefined for cluster-scoped kinds and for all namespaces. */
  namespace: string | undefined;
  /** Undefined for the whole collection. */
  name: string | undefined;
  subresource: string | undefined;
  /** What follows the subresource, with its leading slash: the path to proxy to. Still percent-encoded. */
  rest: string | undefined;
}

const byPath = new Map(RESOURCES.map((resource) => [`${apiVersionOf(resource)}/${resource.plural}`, resource]));
const groupVersions = new Set([...RESOURCES, ...REVIEWS].map(apiVersionOf));
const groups = new Set([...RESOURCES, ...REVIEWS].map(({ group }) => group));

/** `/api/v1/...` or `/apis/GROUP/VERSION/...` in two: the group version, and the segments after it. */
export function splitGroupVersion(path: string): { groupVersion: string; segments: string[] } | undefined {
  const [, root, ...rest] = path.split('/');
  if (root === 'api' && rest.length > 0) return { groupVersion: rest[0]!, segments: rest.slice(1) };
  if (root === 'apis' && rest.length > 1) return { groupVersion: `${rest[0]}/${rest[1]}`, segments: rest.slice(2) };
  return undefined;
}

/**
 * Undefined when the path does not lead into a group version that is served. Throws 404 NotFound when it does but names
 * nothing there, 400 BadRequest on a malformed escape.
 */
export function parseResourcePath(path: string): ResourceRequest | undefined {
  const split = splitGroupVersion(path);
  if (split === undefined || !split.segments[0]) return undefined;
  if (!groupVersions.has(split.groupVersion)) {
    if (groups.has(split.groupVersion.split('/')[0]!)) throw unknownResource();
    return undefined;
  }
  const { groupVersion, segments } = split;
  // `namespaces/NAME/status` addresses the Namespace itself, `namespaces/NAME/pods` what is inside it.
  const inside = segments[0] === 'namespaces' && segments.length > 2 && !isNamespacePart(segments[2]!);
  const [plural = '', name, subresource, ...rest] = inside ? segments.slice(2) : segments;
  const resource = byPath.get(`${groupVersion}/${plural}`);
  if (resource === undefined || (inside && !resource.namespaced)) throw unknownResource();
  // Objects of a namespaced kind cannot be named without their namespace.
  if (resource.namespaced && !inside && name !== undefined) throw unknownResource();
  if (subresource !== undefined && !resource.subresources.includes(subresource)) throw unknownResource();
  return {
    resource,
    namespace: inside ? decode(segments[1]!) : undefined,
    name: name === undefined || name === '' ? undefined : decode(name),
    subresource,
    rest: rest.length > 0 ? `/${rest.join('/')}` : undefined,
  };
}

function isNamespacePart(segment: string): boolean {
  return segment === 'status' || segment === 'finalize';
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(segment)}`);
  }
}

function unknownResource(): ApiError {
  return new ApiError('NotFound', 'the server could not find the requested resource', {});
}
