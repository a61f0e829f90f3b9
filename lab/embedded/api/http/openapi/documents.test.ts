import t from 'tap';
import { CATALOG } from '../discovery/catalog.ts';
import { openApi2, openApi3 } from './documents.ts';

type Document = Record<string, any>;

const documentOf = (groupVersion: string): Document =>
  JSON.parse(
    openApi3(
      CATALOG.find((group) => group.groupVersion === groupVersion)!,
      'v1.35.0',
    ),
  );

function references(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
}

void t.test('each document holds all that it refers to', async (t) => {
  for (const { groupVersion } of CATALOG) {
    const document = documentOf(groupVersion);
    const known = Object.keys(document['components'].schemas).map((name) => `#/components/schemas/${name}`);
    t.same(
      references(document).filter((reference) => !known.includes(reference)),
      [],
      groupVersion,
    );
  }
  const all: Document = JSON.parse(openApi2('v1.35.0'));
  const known = Object.keys(all['definitions']).map((name) => `#/definitions/${name}`);
  t.same(
    references(all).filter((reference) => !known.includes(reference)),
    [],
  );
});

void t.test('schemas tell what fields are for and how lists merge', async (t) => {
  const { schemas } = documentOf('apps/v1')['components'];
  const pod = schemas['io.k8s.api.core.v1.PodSpec'];
  t.match(pod.properties.containers, {
    description: /^List of containers belonging to the pod/,
    type: 'array',
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
  });
  t.same(pod.required, ['containers']);
  t.match(schemas['io.k8s.api.apps.v1.Deployment'], {
    description: /^Deployment enables declarative updates/,
    'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
    properties: { spec: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }] } },
  });
  t.ok(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']);
  t.match(schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString'], { format: 'int-or-string' });
});

void t.test('paths tell which options a patch takes', async (t) => {
  const { paths } = documentOf('v1');
  const { patch } = paths['/api/v1/namespaces/{namespace}/pods/{name}'];
  t.match(patch['x-kubernetes-group-version-kind'], { group: '', version: 'v1', kind: 'Pod' });
  t.same(
    patch.parameters.map(({ name }: { name: string }) => name),
    ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  );
});
