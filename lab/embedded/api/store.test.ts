import t from 'tap';
import { ApiError } from './errors.ts';
import { Store } from './store.ts';
import { delivered, failureOf } from './test-support.ts';
import type { KubeObject } from './types.ts';

function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

void t.test('every write has a version of its own, and a write without effect has none', async (t) => {
  const store = new Store();
  const first = store.put('configmaps', configMap('a'));
  const second = store.put('configmaps', configMap('b'));
  t.equal(Number(second.metadata.resourceVersion), Number(first.metadata.resourceVersion) + 1);
  t.equal(store.put('configmaps', configMap('a')), first);
  t.equal(store.resourceVersion(), second.metadata.resourceVersion);
});

void t.test('objects are frozen, and what did not change is shared with the version before', async (t) => {
  const store = new Store();
  const first = store.put('configmaps', configMap('a', { x: '1' }));
  const second = store.put('configmaps', { ...configMap('a', { x: '1' }), immutable: true });
  t.equal(second['data'], first['data']);
  t.ok(Object.isFrozen(second['data']));
});

void t.test('lists are ordered by namespace and name', async (t) => {
  const store = new Store();
  for (const name of ['c', 'a', 'b']) store.put('configmaps', configMap(name));
  t.same(
    store.all('configmaps').map(({ metadata }) => metadata.name),
    ['a', 'b', 'c'],
  );
});

void t.test('history that is gone is Expired, and versions to come are not waited for', async (t) => {
  const store = new Store(2);
  for (let count = 0; count < 8; count++) store.put('configmaps', configMap('a', { count: String(count) }));
  t.match(
    failureOf(() => store.watch('configmaps', '1', () => {})),
    { code: 410, reason: 'Expired' },
  );
  t.match(
    failureOf(() => store.watch('configmaps', '99', () => {})),
    {
      code: 504,
      message: 'Too large resource version: 99, current: 8',
    },
  );
  t.match(
    failureOf(() => store.watch('configmaps', 'x', () => {})),
    { code: 400 },
  );
  const seen: string[] = [];
  const stop = store.watch('configmaps', '6', ({ object }) => seen.push(object['data'].count));
  await delivered();
  stop();
  t.same(seen, ['6', '7']);
});

void t.test('a handler that throws keeps nothing from the others', async (t) => {
  const store = new Store();
  const raised = new Promise((resolve) => process.once('uncaughtException', resolve));
  const failure = new ApiError('InternalError', 'handler');
  const seen: string[] = [];
  const stops = [
    store.watch('configmaps', '0', () => {
      throw failure;
    }),
    store.watch('configmaps', '0', ({ object }) => seen.push(object.metadata.name)),
  ];
  store.put('configmaps', configMap('a'));
  t.equal(await raised, failure);
  await delivered();
  t.same(seen, ['a']);
  for (const stop of stops) stop();
});
