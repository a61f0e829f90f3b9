import t from 'tap';
import { deploymentNamed, failureOf, newApi, podNamed } from './test-support.ts';

void t.test('the server fills in the metadata of new objects', async (t) => {
  const api = newApi();
  const { metadata } = api.create('deployments', deploymentNamed('a'));
  t.match(metadata.uid, /^[0-9a-f-]{36}$/);
  t.match(metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  t.equal(metadata.generation, 1);
});

void t.test('generateName', async (t) => {
  const api = newApi();
  const metadata = { generateName: 'web-', namespace: 'default' };
  t.match(api.create('pods', { ...podNamed(''), metadata }).metadata.name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  t.equal(
    failureOf(() => api.create('configmaps', { metadata: { namespace: 'default' } })).message,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  );
});

void t.test('a spec write leaves the status, and a status write leaves the spec', async (t) => {
  const api = newApi();
  const created = api.create('deployments', { ...deploymentNamed('a'), status: { replicas: 9 } });
  t.same(created.status, {}, 'nobody creates a status');
  const both = { ...created, spec: { ...created.spec!, replicas: 5 }, status: { replicas: 5 } };
  const afterSpec = api.update('deployments', both);
  t.same([afterSpec.spec?.replicas, afterSpec.status, afterSpec.metadata.generation], [5, {}, 2]);
  const next = { ...afterSpec, spec: { ...afterSpec.spec!, replicas: 7 }, status: { replicas: 5 } };
  const afterStatus = api.update('deployments', next, { subresource: 'status' });
  t.same([afterStatus.spec?.replicas, afterStatus.status, afterStatus.metadata.generation], [5, { replicas: 5 }, 2]);
});

void t.test('a write without effect stores nothing, whoever writes it', async (t) => {
  const api = newApi();
  const created = api.create('deployments', deploymentNamed('a'), { fieldManager: 'one' });
  t.equal(api.update('deployments', deploymentNamed('a'), { fieldManager: 'two' }), created);
  t.equal(api.resourceVersion(), created.metadata.resourceVersion);
});

void t.test('a dry run answers as if, and stores nothing', async (t) => {
  const api = newApi();
  t.equal(api.create('deployments', deploymentNamed('a'), { dryRun: true }).spec?.replicas, 1);
  t.equal(api.find('deployments', 'default', 'a'), undefined);
});

void t.test('what does not exist', async (t) => {
  const api = newApi();
  t.match(
    failureOf(() => api.get('deployments', 'default', 'a')),
    {
      code: 404,
      message: 'deployments.apps "a" not found',
      details: { name: 'a', group: 'apps', kind: 'deployments' },
    },
  );
  t.equal(
    failureOf(() => api.create('configmaps', { metadata: { name: 'a', namespace: 'nope' } })).message,
    'namespaces "nope" not found',
  );
  const scale = { subresource: 'scale' } as const;
  t.equal(
    failureOf(() => api.update('configmaps', { metadata: { name: 'a', namespace: 'default' } }, scale)).message,
    'the server could not find the requested resource',
  );
});

void t.test('names and labels follow the rules', async (t) => {
  const api = newApi();
  const message = (metadata: object): string =>
    failureOf(() => api.create('configmaps', { metadata: { namespace: 'default', ...metadata } })).message;
  t.equal(
    message({ name: 'A_b' }),
    `ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  );
  t.equal(
    message({ name: 'a', labels: { x: 'no way' } }),
    `ConfigMap "a" is invalid: metadata.labels: Invalid value: "no way": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  );
  t.equal(
    message({ name: 'a', ownerReferences: [{ apiVersion: '', kind: 'A', name: 'b', uid: 'c' }] }),
    'ConfigMap "a" is invalid: metadata.ownerReferences[0].apiVersion: Required value: must not be empty',
  );
  t.match(
    failureOf(() => api.create('services', { metadata: { name: '1x', namespace: 'default' }, spec: {} })).message,
    /metadata.name: Invalid value: "1x": a DNS-1035 label must consist of/,
  );
});

void t.test('immutable ConfigMaps stay as they are', async (t) => {
  const api = newApi();
  const created = api.create('configmaps', {
    metadata: { name: 'a', namespace: 'default' },
    data: { x: '1' },
    immutable: true,
  });
  const message = 'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set';
  t.equal(failureOf(() => api.update('configmaps', { ...created, data: { x: '2' } })).message, message);
});

void t.test('the resourceVersion of an update is optional, but binding', async (t) => {
  const api = newApi();
  const first = api.create('deployments', deploymentNamed('a'));
  api.update('deployments', deploymentNamed('a', { replicas: 2 }));
  t.match(
    failureOf(() => api.update('deployments', first)),
    {
      code: 409,
      message:
        'Operation cannot be fulfilled on deployments.apps "a": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: 'a', group: 'apps', kind: 'deployments' },
    },
  );
});

void t.test('the status of a terminating namespace can be written, its finalizers stay', async (t) => {
  const api = newApi();
  const finalizers = ['kubernetes', 'lab.test/hold'];
  api.create('namespaces', { metadata: { name: 'leaving' }, spec: { finalizers } });
  api.delete('namespaces', undefined, 'leaving');
  const { metadata } = api.get('namespaces', undefined, 'leaving');
  const status = { phase: 'Terminating', conditions: [] };
  const written = api.update('namespaces', { metadata, status }, { subresource: 'status' });
  t.same(written.spec?.finalizers, finalizers);
});
