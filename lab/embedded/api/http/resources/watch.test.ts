import { once } from 'node:events';
import t from 'tap';
import { jsonLines, NAMESPACE, startTestServer } from '../testing/test-server.ts';

const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const lab = await startTestServer();
const { client } = lab;
t.teardown(() => lab.close());

async function watch(
  query: string,
  accept = 'application/json',
): Promise<{ next: () => Promise<any>; end: () => void }> {
  const message = await lab.open('GET', `${PATH}?watch=true&${query}`, { headers: { accept } });
  const events = jsonLines(message);
  return { next: async () => (await events.next()).value, end: () => message.destroy() };
}

function create(name: string, labels = {}): void {
  client.create('configmaps', { metadata: { name, namespace: NAMESPACE, labels } });
}

void t.test('a watch without a version begins with what there is', async (t) => {
  create('a');
  const { next, end } = await watch('');
  t.match(await next(), { type: 'ADDED', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } } });
  client.update('configmaps', { metadata: { name: 'a', namespace: NAMESPACE }, data: { x: '1' } });
  t.match(await next(), { type: 'MODIFIED', object: { data: { x: '1' } } });
  client.delete('configmaps', NAMESPACE, 'a');
  t.match(await next(), { type: 'DELETED', object: { metadata: { name: 'a' } } });
  end();
});

void t.test('a watch from a version begins with what came after it', async (t) => {
  const version = client.resourceVersion();
  create('b');
  const { next, end } = await watch(`resourceVersion=${version}&labelSelector=`);
  t.match(await next(), { type: 'ADDED', object: { metadata: { name: 'b' } } });
  end();
});

void t.test('a list may be read as a watch: its end is marked', async (t) => {
  const { next, end } = await watch(
    'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  );
  t.match(await next(), { type: 'ADDED', object: { metadata: { name: 'b' } } });
  t.match(await next(), {
    type: 'BOOKMARK',
    object: {
      kind: 'ConfigMap',
      metadata: { resourceVersion: client.resourceVersion(), annotations: { 'k8s.io/initial-events-end': 'true' } },
    },
  });
  end();
  const refused = await lab.call('GET', `${PATH}?watch=true&sendInitialEvents=true`);
  t.match(refused.json, { code: 422, message: /sendInitialEvents requires setting resourceVersionMatch/ });
});

void t.test('an object that leaves the selection is deleted from it', async (t) => {
  const { next, end } = await watch('labelSelector=in%3Dyes');
  create('c', { in: 'yes' });
  t.match(await next(), { type: 'ADDED', object: { metadata: { name: 'c' } } });
  client.update('configmaps', { metadata: { name: 'c', namespace: NAMESPACE } });
  t.match(await next(), { type: 'DELETED', object: { metadata: { name: 'c' } } });
  end();
});

void t.test('rows of a table', async (t) => {
  const version = client.resourceVersion();
  const { next, end } = await watch(`resourceVersion=${version}`, 'application/json;as=Table;v=v1;g=meta.k8s.io');
  create('d');
  t.match(await next(), { type: 'ADDED', object: { kind: 'Table', rows: [{ cells: ['d', 0] }] } });
  end();
});

void t.test('a watch has an end', async (t) => {
  const message = await lab.open('GET', `${PATH}?watch=true&timeoutSeconds=1`);
  message.resume();
  await once(message, 'end');
  t.ok(message.complete);
});

void t.test('a version that is forgotten is told of in the stream', async (t) => {
  const kept = 2 * 8192;
  for (let index = 0; index < kept; index++) {
    client.update('configmaps', { metadata: { name: 'd', namespace: NAMESPACE }, data: { index: String(index) } });
  }
  const message = await lab.open('GET', `${PATH}?watch=true&resourceVersion=1`);
  t.equal(message.statusCode, 200);
  const event = (await jsonLines(message).next()).value;
  t.match(event, { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  t.match((await lab.call('GET', `${PATH}?watch=true&resourceVersion=x`)).json, { code: 400 });
});
