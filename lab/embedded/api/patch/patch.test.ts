import t from 'tap';
import type { EmbeddedApi } from '../in-process-client.ts';
import { deploymentNamed, failureOf, newApi } from '../test-support.ts';

function withDeployment(): EmbeddedApi {
  const api = newApi();
  api.create('deployments', deploymentNamed('d'));
  return api;
}

void t.test('JSON patches', async (t) => {
  const api = withDeployment();
  const body = [
    { op: 'test', path: '/spec/replicas', value: 1 },
    { op: 'replace', path: '/spec/replicas', value: 7 },
    { op: 'add', path: '/metadata/labels', value: { x: 'y' } },
  ];
  const patched = api.patch('deployments', 'default', 'd', { type: 'json', body });
  t.same([patched.spec?.replicas, patched.metadata.labels], [7, { x: 'y' }]);
  t.match(
    failureOf(() => api.patch('deployments', 'default', 'd', { type: 'json', body })),
    {
      code: 422,
      message: 'the server rejected our request due to an error in our request',
    },
  );
  t.match(
    failureOf(() => api.patch('deployments', 'default', 'd', { type: 'json', body: {} })),
    {
      code: 400,
      message: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    },
  );
});

void t.test('merge patches', async (t) => {
  const api = withDeployment();
  const merge = (body: object) => api.patch('deployments', 'default', 'd', { type: 'merge', body });
  t.equal(merge({ spec: { replicas: 4 } }).spec?.replicas, 4);
  t.equal(merge({ spec: { replicas: null } }).spec?.replicas, 1, 'what is removed gets its default again');
  t.equal(
    failureOf(() => merge({ metadata: { name: 'e' } })).message,
    'the name of the object (e) does not match the name on the URL (d)',
  );
  t.equal(failureOf(() => merge({ metadata: { resourceVersion: '1' } })).reason, 'Conflict');
  t.equal(
    failureOf(() => api.patch('deployments', 'default', 'e', { type: 'merge', body: {} })).message,
    'deployments.apps "e" not found',
  );
});

void t.test('strategic merge patches go into lists by their keys', async (t) => {
  const api = withDeployment();
  const template = (spec: object) =>
    api.patch('deployments', 'default', 'd', { type: 'strategic', body: { spec: { template: { spec } } } }).spec!
      .template.spec!;
  const names = (spec: { containers: { name: string }[] }): string[] => spec.containers.map(({ name }) => name);
  const env = [{ name: 'A', value: '1' }];
  t.match(template({ containers: [{ name: 'main', env }] }).containers, [
    { name: 'main', image: 'registry.test/app:1', env },
  ]);
  t.same(names(template({ containers: [{ name: 'side', image: 'y' }] })), ['side', 'main'], 'new ones come first');
  t.same(names(template({ '$setElementOrder/containers': [{ name: 'main' }, { name: 'side' }], containers: [] })), [
    'main',
    'side',
  ]);
  const changed = template({
    containers: [
      {
        name: 'main',
        env: [
          { name: 'A', $patch: 'delete' },
          { name: 'B', value: '2' },
        ],
      },
    ],
  });
  t.same(changed.containers[0]?.env, [{ name: 'B', value: '2' }]);
  t.same(names(template({ containers: [{ name: 'side', $patch: 'delete' }] })), ['main']);
  t.same(names(template({ containers: [{ $patch: 'replace' }, { name: 'z', image: 'z' }] })), ['z']);
  t.equal(
    failureOf(() => template({ containers: [{ image: 'z' }] })).message,
    'map: map[image:z] does not contain declared merge key: name',
  );
});

void t.test('other directives of strategic merge patches', async (t) => {
  const api = withDeployment();
  const patch = (body: object) => api.patch('deployments', 'default', 'd', { type: 'strategic', body });
  t.same(patch({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }).spec?.strategy, {
    type: 'Recreate',
  });
  t.same(patch({ metadata: { finalizers: ['a.b/c', 'd.e/f'] } }).metadata.finalizers, ['a.b/c', 'd.e/f']);
  t.same(patch({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a.b/c'] } }).metadata.finalizers, ['d.e/f']);
  t.same(patch({ metadata: { labels: { a: '1' } } }).metadata.labels, { a: '1' });
  t.same(patch({ metadata: { labels: { $patch: 'replace', b: '2' } } }).metadata.labels, { b: '2' });
});
