import t from 'tap';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { isReady } from '../shared/pods.ts';
import { eventually, startTestCluster, template } from '../testing/test-cluster.ts';
import type { TestCluster, TestClusterOptions } from '../testing/test-cluster.ts';

const namespace = 'default';

function statefulSet(spec: Partial<StatefulSet['spec'] & {}> = {}): StatefulSet {
  return {
    metadata: { namespace, name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('db'),
      ...spec,
    },
  };
}

function start(t: { teardown(clean: () => void): void }, options: TestClusterOptions = {}) {
  const cluster = startTestCluster(options);
  t.teardown(() => cluster.stop());
  return cluster;
}

const pods = ({ client }: TestCluster) => client.list('pods', { namespace, labelSelector: 'app=db' });
const names = (cluster: TestCluster) => pods(cluster).map((pod) => pod.metadata.name);
const images = (cluster: TestCluster) => pods(cluster).map((pod) => pod.spec!.containers[0]!.image);
const get = ({ client }: TestCluster) => client.get('statefulsets', namespace, 'db');
const patch = ({ client }: TestCluster, spec: object) =>
  client.patch('statefulsets', namespace, 'db', { type: 'strategic', body: { spec } });
const setImage = (cluster: TestCluster, image: string) =>
  patch(cluster, { template: { spec: { containers: [{ name: 'main', image }] } } });
const allReady = (cluster: TestCluster, count: number) => () =>
  pods(cluster).length === count && pods(cluster).every(isReady);

/** Names of pods in the order in which they came and went. */
function record(t: { teardown(clean: () => void): void }, { client }: TestCluster) {
  const created: string[] = [];
  const deleted: string[] = [];
  const unready: string[] = [];
  t.teardown(
    client.watch('pods', {}, ({ type, object: pod }) => {
      if (type === 'ADDED') created.push(pod.metadata.name);
      if (type === 'DELETED') deleted.push(pod.metadata.name);
      const others = client.list('pods', { namespace }).filter((other) => other.metadata.name < pod.metadata.name);
      if (type === 'ADDED' && !others.every(isReady)) unready.push(pod.metadata.name);
    }),
  );
  return { created, deleted, unready };
}

void t.test('makes pods in order, each after the one before is ready, and removes them backwards', async (t) => {
  const cluster = start(t);
  const seen = record(t, cluster);
  cluster.client.create('statefulsets', statefulSet());
  await eventually('three pods', allReady(cluster, 3));
  t.strictSame(seen.created, ['db-0', 'db-1', 'db-2']);
  t.strictSame(seen.unready, [], 'none before its turn');
  const revision = get(cluster).status!.currentRevision!;
  t.match(pods(cluster)[1], {
    metadata: {
      labels: {
        'statefulset.kubernetes.io/pod-name': 'db-1',
        'apps.kubernetes.io/pod-index': '1',
        'controller-revision-hash': revision,
      },
    },
    spec: { hostname: 'db-1', subdomain: 'db' },
  });
  patch(cluster, { replicas: 1 });
  await eventually('one pod', () => seen.deleted.length === 2 && allReady(cluster, 1)());
  t.strictSame(seen.deleted, ['db-2', 'db-1']);
});

void t.test('Parallel does not wait', async (t) => {
  const cluster = start(t, { becomesReady: (pod: Stored<Pod>) => pod.metadata.name !== 'db-0' });
  cluster.client.create('statefulsets', statefulSet({ podManagementPolicy: 'Parallel' }));
  await eventually('the others are ready', () => pods(cluster).filter(isReady).length === 2);
  t.strictSame(names(cluster), ['db-0', 'db-1', 'db-2']);
});

void t.test('a rolling update goes from the highest to the lowest, down to the partition', async (t) => {
  const cluster = start(t);
  cluster.client.create('statefulsets', statefulSet());
  await eventually('three pods', allReady(cluster, 3));
  const seen = record(t, cluster);
  patch(cluster, { updateStrategy: { rollingUpdate: { partition: 1 } } });
  setImage(cluster, 'db:2');
  await eventually('two updated', () => images(cluster).join() === 'db:1,db:2,db:2' && allReady(cluster, 3)());
  cluster.client.delete('pods', namespace, 'db-0');
  await eventually('made anew', () => seen.deleted.length === 3 && allReady(cluster, 3)());
  t.equal(images(cluster)[0], 'db:1', 'below the partition the old revision stays');
  t.not(get(cluster).status!.currentRevision, get(cluster).status!.updateRevision);
  patch(cluster, { updateStrategy: { rollingUpdate: { partition: 0 } } });
  await eventually('all updated', () => images(cluster).every((image) => image === 'db:2') && allReady(cluster, 3)());
  await eventually('recorded', () => seen.deleted.length === 4);
  t.strictSame(seen.deleted, ['db-2', 'db-1', 'db-0', 'db-0']);
  await eventually('complete', () => get(cluster).status!.currentRevision === get(cluster).status!.updateRevision);
  t.equal(cluster.client.list('controllerrevisions', { namespace }).length, 2);
});

void t.test('a rolling update stops at a pod that does not become ready, also with Parallel', async (t) => {
  const isGood = (pod: Stored<Pod>) => pod.spec!.containers[0]!.image !== 'db:bad';
  const cluster = start(t, { becomesReady: isGood });
  cluster.client.create('statefulsets', statefulSet({ podManagementPolicy: 'Parallel' }));
  await eventually('three pods', allReady(cluster, 3));
  setImage(cluster, 'db:bad');
  await eventually('one updated', () => images(cluster).join() === 'db:1,db:1,db:bad');
  await eventually('observed', () => get(cluster).status!.updatedReplicas === 1);
  setImage(cluster, 'db:3');
  await eventually('all updated', () => images(cluster).every((image) => image === 'db:3') && allReady(cluster, 3)());
});

void t.test('OnDelete updates only pods that somebody deletes', async (t) => {
  const cluster = start(t);
  cluster.client.create('statefulsets', statefulSet({ updateStrategy: { type: 'OnDelete' } }));
  await eventually('three pods', allReady(cluster, 3));
  setImage(cluster, 'db:2');
  await eventually('observed', () => get(cluster).status!.updatedReplicas === undefined);
  cluster.client.delete('pods', namespace, 'db-1');
  await eventually('one updated', () => images(cluster).join() === 'db:1,db:2,db:1' && allReady(cluster, 3)());
});

void t.test('each pod has its claims, which stay when it goes', async (t) => {
  const cluster = start(t);
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  cluster.client.create('statefulsets', statefulSet({ replicas: 2, volumeClaimTemplates: [claim] }));
  await eventually('two pods', allReady(cluster, 2));
  const claims = () => cluster.client.list('persistentvolumeclaims', { namespace });
  t.strictSame(
    claims().map(({ metadata }) => metadata.name),
    ['data-db-0', 'data-db-1'],
  );
  t.ok(claims().every(({ status }) => status?.phase === 'Bound'));
  const volume = claims()[1]!.spec!.volumeName;
  patch(cluster, { replicas: 1 });
  await eventually('one pod', allReady(cluster, 1));
  patch(cluster, { replicas: 2 });
  await eventually('two pods again', allReady(cluster, 2));
  t.equal(claims()[1]!.spec!.volumeName, volume);
});

void t.test('claims go with what the retention policy says', async (t) => {
  const cluster = start(t);
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Delete' };
  const spec = { replicas: 2, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy };
  cluster.client.create('statefulsets', statefulSet(spec));
  await eventually('two pods', allReady(cluster, 2));
  const claims = () => cluster.client.list('persistentvolumeclaims', { namespace }).length;
  patch(cluster, { replicas: 1 });
  await eventually('one claim', () => claims() === 1);
  cluster.client.delete('statefulsets', namespace, 'db');
  await eventually('no claim', () => claims() === 0);
});

void t.test('a pod on a dead node is not doubled', async (t) => {
  const cluster = start(t);
  cluster.client.create('statefulsets', statefulSet({ replicas: 1 }));
  await eventually('one pod', allReady(cluster, 1));
  const before = pods(cluster)[0]!;
  cluster.powerOff(before.spec!.nodeName!);
  await eventually('evicted', () => pods(cluster)[0]!.metadata.deletionTimestamp !== undefined);
  const other = statefulSet({ replicas: 1, selector: { matchLabels: { app: 'other' } }, template: template('other') });
  cluster.client.create('statefulsets', { ...other, metadata: { namespace, name: 'other' } });
  await eventually('another one’s pod', () =>
    cluster.client.list('pods', { namespace, labelSelector: 'app=other' }).some(isReady),
  );
  t.strictSame(
    pods(cluster).map((pod) => pod.metadata.uid),
    [before.metadata.uid],
  );
  cluster.powerOn(before.spec!.nodeName!);
  await eventually('made anew', () => allReady(cluster, 1)() && pods(cluster)[0]!.metadata.uid !== before.metadata.uid);
});
