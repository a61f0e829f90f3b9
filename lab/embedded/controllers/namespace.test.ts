import t from 'tap';
import { eventually, startTestCluster, template } from './testing/test-cluster.ts';

void t.test('namespaces that every cluster has, each with its service account', async (t) => {
  const cluster = startTestCluster();
  t.teardown(() => cluster.stop());
  const names = cluster.client.list('namespaces').map(({ metadata }) => metadata.name);
  t.strictSame(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  await eventually('service accounts', () =>
    names.every((namespace) => cluster.client.find('serviceaccounts', namespace, 'default')),
  );
  cluster.client.delete('serviceaccounts', 'default', 'default');
  await eventually('made again', () => cluster.client.find('serviceaccounts', 'default', 'default'));
});

void t.test('a deleted namespace is emptied, pods and volumes included, and then goes', async (t) => {
  const cluster = startTestCluster();
  t.teardown(() => cluster.stop());
  const { client } = cluster;
  const namespace = 'shop';
  client.create('namespaces', { metadata: { name: namespace } });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const resources = { requests: { storage: '1Gi' } };
  client.create('persistentvolumeclaims', {
    metadata: { namespace, name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources },
  });
  client.create('deployments', {
    metadata: { namespace, name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web', { volumes }) },
  });
  await eventually(
    'running',
    () => client.list('pods', { namespace }).filter(({ status }) => status?.podIP).length === 2,
  );
  client.delete('namespaces', undefined, namespace);
  t.equal(client.get('namespaces', undefined, namespace).status?.phase, 'Terminating');
  await eventually('gone', () => !client.find('namespaces', undefined, namespace));
  t.equal(client.list('pods', { namespace }).length, 0);
  await eventually('volume is gone', () => client.list('persistentvolumes').length === 0);
});
