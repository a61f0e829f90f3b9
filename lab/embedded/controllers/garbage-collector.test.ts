import t from 'tap';
import type { ApiClient } from '../api/client.ts';
import { createApiClient } from '../api/in-process-client.ts';
import type { KubeObject } from '../api/types.ts';
import { garbageCollector } from './garbage-collector.ts';
import { startController } from './runtime.ts';
import { controllerReference } from './shared/owners.ts';
import { eventually } from './testing/test-cluster.ts';

const namespace = 'default';

function start(t: { teardown(clean: () => void): void }): ApiClient {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: namespace } });
  t.teardown(startController(client, garbageCollector(client)));
  return client;
}

function create(client: ApiClient, name: string, ...owners: KubeObject[]): KubeObject {
  return client.create('configmaps', {
    metadata: {
      namespace,
      name,
      ownerReferences: owners.map((owner) => ({ ...controllerReference(owner), controller: false })),
    },
  });
}

const names = (client: ApiClient) =>
  client
    .list('configmaps', { namespace })
    .map(({ metadata }) => metadata.name)
    .join();
const find = (client: ApiClient, name: string) => client.find('configmaps', namespace, name);

function chain(client: ApiClient): void {
  const parent = create(client, 'parent');
  create(client, 'grandchild', create(client, 'child', parent));
}

void t.test('Background: the owner goes first, its dependents after it', async (t) => {
  const client = start(t);
  chain(client);
  client.delete('configmaps', namespace, 'parent', { propagationPolicy: 'Background' });
  t.equal(names(client), 'child,grandchild');
  await eventually('all gone', () => names(client) === '');
});

void t.test('Foreground: the owner goes last', async (t) => {
  const client = start(t);
  chain(client);
  const order: string[] = [];
  client.watch('configmaps', {}, ({ type, object }) => {
    if (type === 'DELETED') order.push(object.metadata.name);
  });
  client.delete('configmaps', namespace, 'parent', { propagationPolicy: 'Foreground' });
  t.ok(find(client, 'parent')?.metadata.deletionTimestamp);
  await eventually('all gone', () => order.length === 3);
  t.strictSame(order, ['grandchild', 'child', 'parent']);
});

void t.test('Orphan: dependents stay, without their owner', async (t) => {
  const client = start(t);
  chain(client);
  client.delete('configmaps', namespace, 'parent', { propagationPolicy: 'Orphan' });
  await eventually('parent is gone', () => names(client) === 'child,grandchild');
  t.equal(find(client, 'child')?.metadata.ownerReferences?.length ?? 0, 0);
});

void t.test('an object stays as long as one of its owners does', async (t) => {
  const client = start(t);
  const [first, second] = [create(client, 'first'), create(client, 'second')];
  create(client, 'shared', first, second);
  client.delete('configmaps', namespace, 'first', { propagationPolicy: 'Background' });
  await eventually('one owner left', () => find(client, 'shared')?.metadata.ownerReferences?.length === 1);
  client.delete('configmaps', namespace, 'second', { propagationPolicy: 'Background' });
  await eventually('all gone', () => names(client) === '');
});

void t.test('an object whose owner never was, or was replaced by a namesake, is deleted', async (t) => {
  const client = start(t);
  const gone = create(client, 'owner');
  client.delete('configmaps', namespace, 'owner');
  create(client, 'owner');
  create(client, 'dependent', gone);
  await eventually('dependent is gone', () => names(client) === 'owner');
});

void t.test('an owner of a kind that is not served is taken to be there', async (t) => {
  const client = start(t);
  const reference = { apiVersion: 'example.com/v1', kind: 'Thing', name: 'thing', uid: 'x' };
  client.create('configmaps', { metadata: { namespace, name: 'of-thing', ownerReferences: [reference] } });
  const gone = create(client, 'owner');
  create(client, 'dependent', gone);
  client.delete('configmaps', namespace, 'owner', { propagationPolicy: 'Background' });
  await eventually('the other is collected', () => names(client) === 'of-thing');
});
