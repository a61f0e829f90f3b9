/** The OpenAPI documents. They take some milliseconds to make, which only those pay who ask for them. */
import { RESOURCES } from '../../resources.ts';
import { CATALOG } from '../discovery/catalog.ts';
import type { CatalogGroup, GroupVersionKind } from '../discovery/catalog.ts';
import { pathsOf } from './paths.ts';
import type { WriteParameter } from './paths.ts';
import { schemasOf } from './schemas.ts';
import type { Dialect } from './schemas.ts';

/** The schema of all options in the query, as far as clients care. */
const OPTION = { type: 'string', uniqueItems: true };

const OPENAPI_2 = {
  referencePrefix: '#/definitions/',
  // It has no way to say that a value may be of two types.
  stringOr: () => ({ type: 'string' }),
  parameter: (name: string): object => ({ name, in: 'query', ...OPTION }),
} satisfies Dialect & { parameter: WriteParameter };

const OPENAPI_3 = {
  referencePrefix: '#/components/schemas/',
  stringOr: (other: string) => ({ oneOf: [{ type: 'string' }, { type: other }] }),
  parameter: (name: string): object => ({ name, in: 'query', schema: OPTION }),
} satisfies Dialect & { parameter: WriteParameter };

const SCALE: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** One document of OpenAPI 3 for each group version, as JSON. */
export function openApi3(group: CatalogGroup, kubernetesVersion: string): string {
  const kinds = kindsOf(group);
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths: pathsOf(group, OPENAPI_3.parameter),
    components: { schemas: schemasOf(kinds, OPENAPI_3) },
  });
}

/** Everything in one document of OpenAPI 2, as JSON. */
export function openApi2(kubernetesVersion: string): string {
  const paths = CATALOG.map((group) => pathsOf(group, OPENAPI_2.parameter));
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths: Object.assign({}, ...paths),
    definitions: schemasOf(CATALOG.flatMap(kindsOf), OPENAPI_2),
  });
}

/** The kinds that are kept: reviews are not part of the schema. */
function kindsOf({ group, groupVersion }: CatalogGroup): GroupVersionKind[] {
  const kinds = RESOURCES.filter((resource) => resource.group === group).map(({ group, version, kind }) => ({
    group,
    version,
    kind,
  }));
  return groupVersion === 'apps/v1' ? [...kinds, SCALE] : kinds;
}
