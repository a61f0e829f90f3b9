import t from 'tap';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { createApiClient } from '../../api/in-process-client.ts';
import { findCondition } from '../shared/conditions.ts';
import { isActive, isReady } from '../shared/pods.ts';
import { startController } from '../runtime.ts';
import { eventually, startTestCluster, template } from '../testing/test-cluster.ts';
import type { TestCluster } from '../testing/test-cluster.ts';
import { podGcController } from './pod-gc.ts';
import { taintEvictionController } from './taint-eviction.ts';

const namespace = 'default';

function start(t: { teardown(clean: () => void): void }) {
  const cluster = startTestCluster();
  t.teardown(() => cluster.stop());
  return cluster;
}

const web: Deployment = {
  metadata: { namespace, name: 'web' },
  spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: template('web') },
};
const service = {
  metadata: { namespace, name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

const pods = ({ client }: TestCluster) => client.list('pods', { namespace, labelSelector: 'app=web' });
const on = (cluster: TestCluster, node: string) => pods(cluster).filter((pod) => pod.spec!.nodeName === node);
const node = ({ client }: TestCluster, name: string) => client.get('nodes', undefined, name);
const ready = (cluster: TestCluster, name: string) => findCondition(node(cluster, name).status?.conditions, 'Ready');
const taints = (cluster: TestCluster, name: string) =>
  (node(cluster, name).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const endpoints = ({ client }: TestCluster) =>
  client.list('endpointslices', { namespace }).flatMap((slice) => slice.endpoints);
const reasons = ({ client }: TestCluster, name: string) =>
  client.list('events', { fieldSelector: `involvedObject.name=${name}` }).map(({ reason }) => reason);

async function deploy(cluster: TestCluster) {
  cluster.client.create('deployments', web);
  cluster.client.create('services', service);
  await eventually('four ready pods', () => pods(cluster).filter(isReady).length === 4);
  await eventually(
    'four endpoints',
    () => endpoints(cluster).filter(({ conditions }) => conditions?.ready).length === 4,
  );
}

void t.test('a silent node: NotReady, endpoints not ready, eviction, rescheduling, recovery', async (t) => {
  const cluster = start(t);
  await deploy(cluster);
  const lost = on(cluster, 'w1').map((pod) => pod.metadata.name);
  t.equal(lost.length, 2);
  cluster.powerOff('w1');
  await eventually('unknown', () => ready(cluster, 'w1')?.status === 'Unknown');
  t.match(ready(cluster, 'w1'), { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' });
  t.strictSame(taints(cluster, 'w1'), [
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  await eventually('its pods are not ready', () => !on(cluster, 'w1').some(isReady));
  await eventually('nor are their endpoints', () =>
    endpoints(cluster)
      .filter(({ nodeName }) => nodeName === 'w1')
      .every(({ conditions }) => !conditions?.ready),
  );
  t.ok(reasons(cluster, 'w1').includes('NodeNotReady'));
  t.ok(reasons(cluster, lost[0]!).includes('NodeNotReady'));

  await eventually('replaced on w2', () => on(cluster, 'w2').filter(isReady).length === 4);
  t.ok(reasons(cluster, lost[0]!).includes('TaintManagerEviction'));
  const stuck = on(cluster, 'w1');
  t.strictSame(
    stuck.map((pod) => pod.metadata.name),
    lost,
    'the lost pods are still Terminating: nobody can say that they are gone',
  );
  t.match(findCondition(stuck[0]!.status?.conditions, 'DisruptionTarget'), { reason: 'DeletionByTaintManager' });

  cluster.powerOn('w1');
  await eventually('ready again', () => ready(cluster, 'w1')?.status === 'True' && taints(cluster, 'w1').length === 0);
  await eventually('lost pods finished', () => on(cluster, 'w1').length === 0);
  t.equal(pods(cluster).length, 4);
});

void t.test('a node that is back in time keeps its pods', async (t) => {
  const cluster = start(t);
  const tolerations = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  ];
  const patient = { ...web, spec: { ...web.spec!, template: template('web', { tolerations }) } };
  cluster.client.create('deployments', patient);
  await eventually('four ready pods', () => pods(cluster).filter(isReady).length === 4);
  const before = pods(cluster).map((pod) => pod.metadata.uid);
  cluster.powerOff('w1');
  await eventually('unknown', () => taints(cluster, 'w1').length === 2);
  cluster.powerOn('w1');
  await eventually('no taints', () => taints(cluster, 'w1').length === 0);
  await eventually('ready again', () => pods(cluster).filter(isReady).length === 4);
  t.strictSame(
    pods(cluster).map((pod) => pod.metadata.uid),
    before,
  );
});

void t.test('eviction waits for as long as is tolerated, and is called off when the taint goes', async (t) => {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: namespace } });
  const taint = { key: 'example.com/maintenance', effect: 'NoExecute' };
  client.create('nodes', { metadata: { name: 'w1' }, spec: { taints: [taint] } });
  const toleration = { key: taint.key, operator: 'Exists', effect: 'NoExecute' };
  for (const [name, tolerations] of [
    ['for-ever', [toleration]],
    ['for-long', [{ ...toleration, tolerationSeconds: 60 }]],
    ['for-short', [{ ...toleration, tolerationSeconds: 1 }]],
    ['never', []],
  ] as const) {
    const { spec } = template('web', { nodeName: 'w1', tolerations: [...tolerations] });
    client.create('pods', { metadata: { namespace, name }, spec });
  }
  t.teardown(startController(client, taintEvictionController(client)));
  const evicted = () =>
    client
      .list('pods', { namespace })
      .filter((pod) => !isActive(pod))
      .map((pod) => pod.metadata.name)
      .join();
  await eventually('first', () => evicted() === 'never', 0.9);
  await eventually('second', () => evicted() === 'for-short,never');
  client.patch('nodes', undefined, 'w1', { type: 'merge', body: { spec: { taints: null } } });
  const message = 'Cancelling deletion of Pod default/for-long';
  await eventually('called off', () => client.list('events').some((event) => event.message === message));
  t.equal(evicted(), 'for-short,never');
});

void t.test('when all nodes are silent, nothing is evicted', async (t) => {
  const cluster = start(t);
  await deploy(cluster);
  for (const name of ['cp', 'w1', 'w2']) cluster.powerOff(name);
  await eventually('all unknown', () => ['cp', 'w1', 'w2'].every((name) => ready(cluster, name)?.status === 'Unknown'));
  await eventually('no NoExecute taints', () =>
    ['cp', 'w1', 'w2'].every((name) => !taints(cluster, name).some((taint) => taint.endsWith('NoExecute'))),
  );
});

void t.test('a cordoned node is tainted', async (t) => {
  const cluster = start(t);
  cluster.client.patch('nodes', undefined, 'w1', { type: 'merge', body: { spec: { unschedulable: true } } });
  await eventually('taint', () => taints(cluster, 'w1').includes('node.kubernetes.io/unschedulable:NoSchedule'));
  cluster.client.patch('nodes', undefined, 'w1', { type: 'merge', body: { spec: { unschedulable: null } } });
  await eventually('no taint', () => taints(cluster, 'w1').length === 0);
});

void t.test('pods of a node that is out of service, or no longer there, are given up', async (t) => {
  const cluster = start(t);
  t.teardown(startController(cluster.client, podGcController(cluster.client, { quarantineSeconds: 0.1 })));
  await deploy(cluster);
  cluster.powerOff('w1');
  await eventually('evicted', () => on(cluster, 'w1').length === 2 && !on(cluster, 'w1').some(isActive));
  const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
  const body = { spec: { taints: [...(node(cluster, 'w1').spec?.taints ?? []), taint] } };
  cluster.client.patch('nodes', undefined, 'w1', { type: 'merge', body });
  await eventually('given up', () => on(cluster, 'w1').length === 0);

  cluster.powerOff('w2');
  cluster.client.delete('nodes', undefined, 'w2');
  await eventually('orphans removed', () => on(cluster, 'w2').length === 0);
});

void t.test('finished pods beyond the threshold are removed, oldest first', async (t) => {
  const cluster = startTestCluster({ exitCode: () => 0 });
  t.teardown(() => cluster.stop());
  for (const name of ['a', 'b', 'c']) {
    const spec = { ...template('web').spec, restartPolicy: 'Never' };
    cluster.client.create('pods', { metadata: { namespace, name, labels: { app: 'web' } }, spec });
  }
  await eventually('finished', () => pods(cluster).filter((pod) => pod.status?.phase === 'Succeeded').length === 3);
  t.teardown(startController(cluster.client, podGcController(cluster.client, { terminatedThreshold: 1 })));
  await eventually('one left', () => pods(cluster).length === 1);
});
