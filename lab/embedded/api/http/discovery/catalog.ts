/** What discovery tells: every resource with its verbs and subresources, by group version. */
import { apiVersionOf, RESOURCES } from '../../resources.ts';
import type { ResourceInfo } from '../../resources.ts';
import { REVIEWS } from '../reviews.ts';

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

interface CatalogSubresource {
  name: string;
  verbs: readonly string[];
  kind: GroupVersionKind;
}

export interface CatalogResource {
  plural: string;
  singular: string;
  namespaced: boolean;
  verbs: readonly string[];
  kind: GroupVersionKind;
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly CatalogSubresource[];
}

export interface CatalogGroup {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** `v1` or `apps/v1`. */
  groupVersion: string;
  resources: readonly CatalogResource[];
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const CHANGE = ['get', 'patch', 'update'];
const CONNECT = ['create', 'get'];
const PROXY = ['create', 'delete', 'get', 'patch', 'update'];

/** The subresources that are not of their resource's own kind. */
const SUBRESOURCE_KINDS: Readonly<Record<string, GroupVersionKind>> = {
  attach: { group: '', version: 'v1', kind: 'PodAttachOptions' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  exec: { group: '', version: 'v1', kind: 'PodExecOptions' },
  portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};

const SUBRESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  attach: CONNECT,
  binding: ['create'],
  eviction: ['create'],
  exec: CONNECT,
  log: ['get'],
  portforward: CONNECT,
  proxy: PROXY,
};

export const CATALOG: readonly CatalogGroup[] = catalog();

function catalog(): CatalogGroup[] {
  const groups = new Map<string, CatalogGroup & { resources: CatalogResource[] }>();
  for (const resource of [...RESOURCES.map(storedResource), ...REVIEWS.map(reviewResource)]) {
    const { group, version } = resource.kind;
    const groupVersion = apiVersionOf(resource.kind);
    const known = groups.get(groupVersion) ?? { group, version, groupVersion, resources: [] };
    groups.set(groupVersion, known);
    known.resources.push(resource);
  }
  return [...groups.values()];
}

function storedResource(info: ResourceInfo): CatalogResource {
  const kind = { group: info.group, version: info.version, kind: info.kind };
  return {
    plural: info.plural,
    singular: info.singular,
    namespaced: info.namespaced,
    verbs: VERBS,
    kind,
    shortNames: info.shortNames,
    categories: info.categories,
    subresources: info.subresources.map((name) => subresource(name, kind)),
  };
}

function subresource(name: string, parent: GroupVersionKind): CatalogSubresource {
  const proxied = name === 'proxy' ? { ...parent, kind: `${parent.kind}ProxyOptions` } : undefined;
  return {
    name,
    verbs: SUBRESOURCE_VERBS[name] ?? CHANGE,
    kind: proxied ?? SUBRESOURCE_KINDS[name] ?? parent,
  };
}

/** A review is asked by creating it, and nothing is kept of it. */
function reviewResource({ plural, group, version, kind }: (typeof REVIEWS)[number]): CatalogResource {
  return {
    plural,
    singular: kind.toLowerCase(),
    namespaced: false,
    verbs: ['create'],
    kind: { group, version, kind },
    shortNames: [],
    categories: [],
    subresources: [],
  };
}
