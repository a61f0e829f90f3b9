/** The paths of a group version and what can be done there. Clients look here whether the server knows an option. */
import type { CatalogGroup, CatalogResource } from '../discovery/catalog.ts';

const OPTION_NAMES: Readonly<Record<string, readonly string[]>> = {
  get: ['pretty'],
  list: ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'watch'],
  post: ['dryRun', 'fieldManager', 'fieldValidation'],
  put: ['dryRun', 'fieldManager', 'fieldValidation'],
  patch: ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  delete: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'],
  deletecollection: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy', 'labelSelector', 'fieldSelector'],
};

/** How the actions are spelled by the methods that ask for them. */
const COLLECTION_ACTIONS = { get: 'list', post: 'post', delete: 'deletecollection' };
const OBJECT_ACTIONS = { get: 'get', put: 'put', patch: 'patch', delete: 'delete' };

/** A parameter of the query, as the version of OpenAPI writes it. */
export type WriteParameter = (name: string) => object;

export function pathsOf(group: CatalogGroup, parameter: WriteParameter): Record<string, object> {
  const root = group.group === '' ? `/api/${group.version}` : `/apis/${group.groupVersion}`;
  return Object.fromEntries(group.resources.flatMap((resource) => resourcePaths(root, resource, parameter)));
}

function resourcePaths(root: string, resource: CatalogResource, parameter: WriteParameter): [string, object][] {
  const collection = `${root}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  // Reviews can be asked, but there is nothing to read.
  if (!resource.verbs.includes('get')) {
    return [[collection, operations({ post: 'post' }, resource, parameter)]];
  }
  return [
    [collection, operations(COLLECTION_ACTIONS, resource, parameter)],
    [`${collection}/{name}`, operations(OBJECT_ACTIONS, resource, parameter)],
  ];
}

function operations(actions: Record<string, string>, { kind }: CatalogResource, parameter: WriteParameter): object {
  return Object.fromEntries(
    Object.entries(actions).map(([method, action]) => [
      method,
      {
        parameters: OPTION_NAMES[action]!.map(parameter),
        responses: { '200': { description: 'OK' } },
        'x-kubernetes-action': action,
        'x-kubernetes-group-version-kind': kind,
      },
    ]),
  );
}
