import t from 'tap';
import type { WriteOptions } from '../client.ts';
import type { EmbeddedApi } from '../in-process-client.ts';
import { deploymentNamed, failureOf, newApi } from '../test-support.ts';

const HEAD = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } };

const apply = (api: EmbeddedApi, fieldManager: string, config: object, options: WriteOptions = {}) =>
  api.patch(
    'deployments',
    'default',
    'd',
    { type: 'apply', body: { ...HEAD, ...config } },
    { fieldManager, ...options },
  );

const full = (replicas?: number) => ({
  spec: { ...deploymentNamed('d').spec!, ...(replicas !== undefined && { replicas }) },
});

void t.test('applying creates, and records what was applied', async (t) => {
  const api = newApi();
  const { metadata, spec } = apply(api, 'one', full(2));
  t.equal(spec?.replicas, 2);
  t.match(metadata.managedFields, [
    { manager: 'one', operation: 'Apply', apiVersion: 'apps/v1', fieldsType: 'FieldsV1' },
  ]);
  t.same(metadata.managedFields?.[0]?.fieldsV1, {
    'f:spec': {
      'f:replicas': {},
      'f:selector': {},
      'f:template': {
        'f:metadata': { 'f:labels': { 'f:app': {} } },
        'f:spec': { 'f:containers': { 'k:{"name":"main"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
      },
    },
  });
  const version = api.resourceVersion();
  apply(api, 'one', full(2));
  t.equal(api.resourceVersion(), version, 'the same again changes nothing');
});

void t.test('a conflict with one manager', async (t) => {
  const api = newApi();
  apply(api, 'one', full(2));
  t.match(
    failureOf(() => apply(api, 'two', { spec: { replicas: 3 } })),
    {
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' }],
      },
    },
  );
  t.equal(apply(api, 'two', { spec: { replicas: 2 } }).spec?.replicas, 2, 'the same value is no conflict, but shared');
});

void t.test('a conflict with several managers, one of which did not apply', async (t) => {
  const api = newApi();
  apply(api, 'one', { metadata: { name: 'd', labels: { l: '1' } }, ...full(2) });
  const body = { spec: { replicas: 5 } };
  api.patch('deployments', 'default', 'd', { type: 'merge', body }, { fieldManager: 'kubectl-scale' });
  t.equal(
    failureOf(() => apply(api, 'two', { spec: { replicas: 3 } })).message,
    'Apply failed with 1 conflict: conflict with "kubectl-scale" using apps/v1: .spec.replicas',
  );
  const config = { metadata: { name: 'd', labels: { l: '2' } }, spec: { replicas: 3 } };
  t.equal(
    failureOf(() => apply(api, 'two', config)).message,
    'Apply failed with 2 conflicts: conflicts with "kubectl-scale" using apps/v1:\n- .spec.replicas\nconflicts with "one":\n- .metadata.labels.l',
  );
  const forced = apply(api, 'two', config, { force: true });
  t.same([forced.spec?.replicas, forced.metadata.labels], [3, { l: '2' }]);
  t.same(
    forced.metadata.managedFields?.map(({ manager }) => manager),
    ['one', 'two'],
    'who owns nothing any more is forgotten',
  );
});

void t.test('what its only owner no longer applies goes', async (t) => {
  const api = newApi();
  apply(api, 'one', { metadata: { name: 'd', labels: { l: '1', m: '1' } }, ...full(2) });
  apply(api, 'two', { metadata: { name: 'd', labels: { l: '1' } } });
  const { metadata, spec } = apply(api, 'one', full());
  t.equal(spec?.replicas, 1, 'back to the default');
  t.same(metadata.labels, { l: '1' }, 'a field that another one owns, too, stays');
  t.equal(apply(api, 'two', {}).metadata.labels, undefined);
});

void t.test('elements of lists are owned by their keys', async (t) => {
  const api = newApi();
  apply(api, 'one', full());
  const side = (containers: object[]) => ({ spec: { template: { spec: { containers } } } });
  const added = apply(api, 'two', side([{ name: 'side', image: 'y' }]));
  t.same(
    added.spec?.template.spec?.containers.map(({ name }) => name),
    ['main', 'side'],
  );
  t.equal(
    failureOf(() => apply(api, 'two', side([{ name: 'main', image: 'z' }]))).message,
    'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="main"].image',
  );
  const removed = apply(api, 'two', {});
  t.same(
    removed.spec?.template.spec?.containers.map(({ name }) => name),
    ['main'],
  );
  t.match(
    failureOf(() =>
      apply(
        api,
        'two',
        side([
          { name: 'a', image: 'y' },
          { name: 'a', image: 'z' },
        ]),
      ),
    ).message,
    /: .spec.template.spec.containers: duplicate entries for key \[name="a"\]$/,
  );
});

void t.test('what an apply must bring', async (t) => {
  const api = newApi();
  t.match(
    failureOf(() => apply(api, '', full())),
    {
      code: 422,
      message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    },
  );
  t.match(
    failureOf(() => apply(api, 'one', { spec: { foo: 1 } }, { fieldValidation: 'Ignore' })).message,
    /: .spec.foo: field not declared in schema$/,
  );
  const containers = [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80, foo: 1 }] }];
  const tolerations = [{ foo: 1 }];
  for (const [spec, path] of [
    [{ containers }, 'containers[name="a"].ports[containerPort=80,protocol="TCP"].foo'],
    [{ tolerations }, 'tolerations[0].foo'],
  ] as const) {
    t.match(
      failureOf(() => apply(api, 'one', { spec: { template: { spec } } })).message,
      `: .spec.template.spec.${path}: field not declared in schema`,
    );
  }
  const metadata = { name: 'd', managedFields: [{ manager: 'x' }] };
  t.equal(failureOf(() => apply(api, 'one', { ...full(), metadata })).message, 'metadata.managedFields must be nil');
});

void t.test('ordinary writes have owners, too', async (t) => {
  const api = newApi();
  const created = api.create(
    'configmaps',
    { metadata: { name: 'c', namespace: 'default', finalizers: ['a.b/c'] }, data: { k: 'v' } },
    { fieldManager: 'one' },
  );
  t.same(created.metadata.managedFields?.[0]?.fieldsV1, {
    'f:data': { '.': {}, 'f:k': {} },
    'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a.b/c"': {} } },
  });
  const updated = api.update('configmaps', { ...created, data: { k: 'w', l: 'v' } }, { fieldManager: 'two' });
  const owned = Object.fromEntries(updated.metadata.managedFields!.map(({ manager, fieldsV1 }) => [manager, fieldsV1]));
  t.same(owned, {
    one: { 'f:data': {}, 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a.b/c"': {} } } },
    two: { 'f:data': { 'f:k': {}, 'f:l': {} } },
  });
});

void t.test('a configuration that owns nothing can be applied', async (t) => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'empty', namespace: 'default' } };
  const apply = () => api.patch('configmaps', 'default', 'empty', { type: 'apply', body }, { fieldManager: 'one' });
  const api = newApi();
  const created = apply();
  t.equal(created.metadata.managedFields, undefined);
  t.equal(apply().metadata.resourceVersion, created.metadata.resourceVersion);
});
