import t from 'tap';
import { delivered, deploymentNamed, failureOf, newApi, podNamed } from './test-support.ts';

void t.test('a pod without a node goes at once, and its last state says so', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a'));
  const seen: unknown[] = [];
  const stop = api.watch('pods', {}, ({ type, object }) =>
    seen.push([type, object.metadata.deletionGracePeriodSeconds]),
  );
  api.delete('pods', 'default', 'a');
  t.equal(api.find('pods', 'default', 'a'), undefined);
  await delivered();
  t.same(seen, [
    ['ADDED', undefined],
    ['DELETED', 0],
  ]);
  stop();
});

void t.test('a pod on a node is marked, and a repeated deletion can only be quicker', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a', {}, { terminationGracePeriodSeconds: 20 }));
  api.bind('default', 'a', 'w1');
  const before = Date.now();
  const marked = api.delete('pods', 'default', 'a');
  t.equal(marked.metadata.deletionGracePeriodSeconds, 20);
  t.equal(marked.metadata.generation, 2);
  const remaining = Date.parse(marked.metadata.deletionTimestamp!) - before;
  t.ok(remaining > 18_000 && remaining <= 21_000, `${remaining} ms`);
  t.equal(api.delete('pods', 'default', 'a', { gracePeriodSeconds: 25 }), marked);
  t.equal(api.delete('pods', 'default', 'a'), marked);
  t.equal(api.delete('pods', 'default', 'a', { gracePeriodSeconds: 5 }).metadata.deletionGracePeriodSeconds, 5);
  api.delete('pods', 'default', 'a', { gracePeriodSeconds: 0 });
  t.equal(api.find('pods', 'default', 'a'), undefined);
});

void t.test('a pod that has ended is not waited for', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a'));
  api.bind('default', 'a', 'w1');
  api.patch(
    'pods',
    'default',
    'a',
    { type: 'merge', body: { status: { phase: 'Succeeded' } } },
    { subresource: 'status' },
  );
  api.delete('pods', 'default', 'a');
  t.equal(api.find('pods', 'default', 'a'), undefined);
});

void t.test('finalizers hold an object until they are gone', async (t) => {
  const api = newApi();
  api.create('configmaps', { metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/hold'] } });
  const marked = api.delete('configmaps', 'default', 'a');
  t.ok(marked.metadata.deletionTimestamp);
  t.equal(marked.metadata.deletionGracePeriodSeconds, 0);
  t.match(
    failureOf(() => api.update('configmaps', { ...marked, metadata: { ...marked.metadata, finalizers: ['a.b/c'] } })),
    { code: 422, message: /no new finalizers can be added if the object is being deleted/ },
  );
  api.patch('configmaps', 'default', 'a', { type: 'merge', body: { metadata: { finalizers: null } } });
  t.equal(api.find('configmaps', 'default', 'a'), undefined);
});

void t.test('the propagation policy becomes a finalizer that the garbage collector reads', async (t) => {
  const api = newApi();
  for (const [policy, finalizers] of [
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ] as const) {
    api.create('deployments', deploymentNamed(policy.toLowerCase()));
    const marked = api.delete('deployments', 'default', policy.toLowerCase(), { propagationPolicy: policy });
    t.same(marked.metadata.finalizers, finalizers);
    t.equal(marked.metadata.generation, 2);
  }
  api.delete('deployments', 'default', 'orphan', { propagationPolicy: 'Background' });
  t.equal(api.find('deployments', 'default', 'orphan'), undefined);
});

void t.test('a namespace is Terminating until its controller is done, and takes nothing new', async (t) => {
  const api = newApi();
  api.create('namespaces', { metadata: { name: 'gone' } });
  const marked = api.delete('namespaces', undefined, 'gone');
  t.equal(marked.status?.phase, 'Terminating');
  t.match(
    failureOf(() => api.create('configmaps', { metadata: { name: 'x', namespace: 'gone' } })),
    {
      code: 403,
      message:
        'configmaps "x" is forbidden: unable to create new content in namespace gone because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    },
  );
  api.update('namespaces', { ...marked, spec: { finalizers: [] } });
  t.equal(api.find('namespaces', undefined, 'gone'), undefined);
  t.match(
    failureOf(() => api.delete('namespaces', undefined, 'default')),
    {
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    },
  );
});

void t.test('preconditions', async (t) => {
  const api = newApi();
  const { metadata } = api.create('pods', podNamed('a'));
  t.equal(
    failureOf(() => api.delete('pods', 'default', 'a', { preconditions: { uid: 'abc' } })).message,
    `Operation cannot be fulfilled on Pod "a": the UID in the precondition (abc) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
  );
  t.equal(
    api.delete('pods', 'default', 'a', { preconditions: { uid: metadata.uid }, dryRun: true }).metadata.name,
    'a',
  );
  t.ok(api.find('pods', 'default', 'a'));
});

void t.test('a collection is deleted by its selection', async (t) => {
  const api = newApi();
  for (const [name, app] of Object.entries({ a: 'web', b: 'web', c: 'db' }))
    api.create('pods', podNamed(name, { app }));
  t.equal(api.deleteCollection('pods', { namespace: 'default', labelSelector: 'app=web' }).length, 2);
  t.equal(api.list('pods').length, 1);
});
