import t from 'tap';
import { createApiClient } from '../api/in-process-client.ts';
import { eventExpiry, recordEvent } from './events.ts';
import { startController } from './runtime.ts';
import { eventually } from './testing/test-cluster.ts';

function start() {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: 'default' } });
  const regarding = client.create('configmaps', { metadata: { namespace: 'default', name: 'settings' } });
  return { client, regarding };
}

void t.test('the same thing said again is one event with a count', (t) => {
  const { client, regarding } = start();
  for (let time = 0; time < 3; time++) {
    recordEvent(client, regarding, 'Warning', 'Broken', 'it broke', 'test-controller', { host: 'w1' });
  }
  recordEvent(client, regarding, 'Warning', 'Broken', 'it broke otherwise', 'test-controller');
  const events = client.list('events', { namespace: 'default', fieldSelector: 'involvedObject.name=settings' });
  t.strictSame(new Set(events.map(({ count }) => count)), new Set([3, 1]));
  t.match(
    events.find(({ count }) => count === 3),
    {
      type: 'Warning',
      reason: 'Broken',
      message: 'it broke',
      involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', uid: regarding.metadata.uid },
      source: { component: 'test-controller', host: 'w1' },
      reportingComponent: 'test-controller',
      firstTimestamp: /Z$/,
      lastTimestamp: /Z$/,
    },
  );
  t.end();
});

void t.test('events of cluster-scoped objects are in default', (t) => {
  const { client } = start();
  const node = client.create('nodes', { metadata: { name: 'w1' } });
  recordEvent(client, node, 'Normal', 'NodeReady', 'Node w1 status is now: NodeReady', 'kubelet', { host: 'w1' });
  t.equal(client.list('events', { namespace: 'default' }).length, 1);
  t.end();
});

void t.test('events are forgotten after their time', async (t) => {
  const { client, regarding } = start();
  t.teardown(startController(client, eventExpiry(client, 1)));
  recordEvent(client, regarding, 'Normal', 'Done', 'it is done', 'test-controller');
  await eventually('forgotten', () => client.list('events').length === 0);
});
