/** Aggregated discovery: everything in two documents, `/api` and `/apis` (apidiscovery.k8s.io). */
import { CATALOG } from './catalog.ts';
import type { CatalogGroup, CatalogResource } from './catalog.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** The core group alone, or all others. */
export function aggregatedGroups(core: boolean, version: AggregatedVersion): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: CATALOG.filter(({ group }) => (group === '') === core).map(groupItem),
  };
}

function groupItem({ group, version, resources }: CatalogGroup): object {
  return {
    metadata: { name: group, creationTimestamp: null },
    versions: [{ version, resources: resources.map(resourceItem), freshness: 'Current' }],
  };
}

function resourceItem(resource: CatalogResource): object {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: kind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map(({ name, kind, verbs }) => ({ subresource: name, responseKind: kind, verbs })),
    }),
  };
}
