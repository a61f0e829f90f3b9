import t from 'tap';
import { delivered, failureOf, newApi, podNamed } from './test-support.ts';

void t.test('create, get, list, update and delete', async (t) => {
  const api = newApi();
  const created = api.create('configmaps', { metadata: { name: 'a', namespace: 'default' }, data: { x: '1' } });
  t.equal(created.kind, 'ConfigMap');
  t.equal(api.get('configmaps', 'default', 'a'), created);
  const updated = api.update('configmaps', { ...created, data: { x: '2' } });
  t.ok(Number(updated.metadata.resourceVersion) > Number(created.metadata.resourceVersion));
  t.match(
    failureOf(() => api.update('configmaps', { ...created, data: { x: '3' } })),
    {
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    },
  );
  t.equal(api.update('configmaps', { ...updated, data: { x: '2' } }), updated, 'nothing changed, nothing written');
  t.equal(api.list('configmaps', { namespace: 'default' }).length, 1);
  t.match(
    failureOf(() => api.create('configmaps', { metadata: { name: 'a', namespace: 'default' } })),
    {
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    },
  );
  api.delete('configmaps', 'default', 'a');
  t.equal(api.find('configmaps', 'default', 'a'), undefined);
  t.match(
    failureOf(() => api.get('configmaps', 'default', 'a')),
    { reason: 'NotFound', message: 'configmaps "a" not found' },
  );
});

void t.test('a watch of a selection sees objects enter and leave it, in order and later', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a', { app: 'web' }));
  const seen: string[] = [];
  const stop = api.watch('pods', { labelSelector: 'app=web' }, ({ type, object }) => {
    seen.push(`${type} ${object.metadata.name}`);
  });
  api.create('pods', podNamed('b', { app: 'db' }));
  const b = api.get('pods', 'default', 'b');
  api.update('pods', { ...b, metadata: { ...b.metadata, labels: { app: 'web' } } });
  const a = api.get('pods', 'default', 'a');
  api.update('pods', { ...a, metadata: { ...a.metadata, labels: {} } });
  t.same(seen, []);
  await delivered();
  t.same(seen, ['ADDED a', 'ADDED b', 'DELETED a']);
  stop();
  api.delete('pods', 'default', 'b');
  await delivered();
  t.equal(seen.length, 3);
});

void t.test('a watch resumes from a version', async (t) => {
  const api = newApi();
  const { metadata } = api.create('pods', podNamed('a'));
  api.create('pods', podNamed('b'));
  const seen: string[] = [];
  const stop = api.watch('pods', { resourceVersion: metadata.resourceVersion }, ({ type, object }) => {
    seen.push(`${type} ${object.metadata.name}`);
  });
  await delivered();
  t.same(seen, ['ADDED b']);
  stop();
});

void t.test('a pod on a node is only marked until the kubelet deletes it', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a'));
  api.bind('default', 'a', 'w1');
  t.match(
    failureOf(() => api.bind('default', 'a', 'w2')),
    {
      reason: 'Conflict',
      message: 'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "w1"',
    },
  );
  t.equal(api.list('pods', { fieldSelector: 'spec.nodeName=w1' }).length, 1);
  const marked = api.delete('pods', 'default', 'a');
  t.equal(marked.metadata.deletionGracePeriodSeconds, 30);
  api.delete('pods', 'default', 'a', { gracePeriodSeconds: 0 });
  t.equal(api.find('pods', 'default', 'a'), undefined);
});
