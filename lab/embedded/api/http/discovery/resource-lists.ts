/** Discovery as it was before it was aggregated: one document for the groups, and one for each group version. */
import { CATALOG } from './catalog.ts';
import type { CatalogGroup, CatalogResource } from './catalog.ts';

/** `/api`: the versions of the core group. */
export function coreVersions(serverAddress: string): object {
  const versions = CATALOG.filter(({ group }) => group === '').map(({ version }) => version);
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
  return { kind: 'APIVersions', versions, serverAddressByClientCIDRs };
}

/** `/apis`: all other groups. */
export function groupList(): object {
  const groups = CATALOG.filter(({ group }) => group !== '').map(groupEntry);
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/GROUP`. Undefined when there is no such group. */
export function groupDocument(name: string): object | undefined {
  const group = CATALOG.find(({ group }) => group === name && group !== '');
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) };
}

function groupEntry({ group, version, groupVersion }: CatalogGroup): object {
  return { name: group, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
}

/** `/api/v1` and `/apis/GROUP/VERSION`. Undefined when there is no such version. */
export function resourceList(groupVersion: string): object | undefined {
  const group = CATALOG.find((group) => group.groupVersion === groupVersion);
  if (group === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: group.resources.flatMap(resourceEntries),
  };
}

function resourceEntries(resource: CatalogResource): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  const below = subresources.map(({ name, kind: other, verbs }) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    // Only said where it differs from that of the list.
    ...(other.group !== kind.group && { group: other.group, version: other.version }),
    kind: other.kind,
    verbs,
  }));
  return [own, ...below];
}
