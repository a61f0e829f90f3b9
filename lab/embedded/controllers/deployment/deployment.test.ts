import t from 'tap';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { eventually, startTestCluster, template } from '../testing/test-cluster.ts';
import type { TestCluster, TestClusterOptions } from '../testing/test-cluster.ts';
import { isActive, isReady } from '../shared/pods.ts';
import { findCondition } from '../shared/conditions.ts';

const namespace = 'default';

function deployment(spec: Partial<Deployment['spec'] & {}> = {}): Deployment {
  return {
    metadata: { namespace, name: 'web' },
    spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: template('web'), ...spec },
  };
}

const get = ({ client }: TestCluster) => client.get('deployments', namespace, 'web');
const pods = ({ client }: TestCluster) => client.list('pods', { namespace, labelSelector: 'app=web' });
const replicaSets = ({ client }: TestCluster) => client.list('replicasets', { namespace });
const setImage = ({ client }: TestCluster, image: string) =>
  client.patch('deployments', namespace, 'web', {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } },
  });
const patchSpec = ({ client }: TestCluster, spec: object) =>
  client.patch('deployments', namespace, 'web', { type: 'merge', body: { spec } });
const isRolledOut = (cluster: TestCluster, image: string) => () => {
  const { metadata, status } = get(cluster);
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === status?.replicas &&
    status?.availableReplicas === status?.replicas &&
    status?.replicas === get(cluster).spec!.replicas &&
    pods(cluster)
      .filter(isActive)
      .every((pod) => pod.spec!.containers[0]!.image === image)
  );
};
const progressing = (cluster: TestCluster) => findCondition(get(cluster).status?.conditions, 'Progressing');

function start(t: { teardown(clean: () => void): void }, options: TestClusterOptions = {}) {
  const cluster = startTestCluster(options);
  t.teardown(() => cluster.stop());
  return cluster;
}

void t.test('creates pods through a replica set with the template hash', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  const [replicaSet] = replicaSets(cluster);
  const hash = replicaSet!.metadata.labels!['pod-template-hash'];
  t.equal(replicaSet!.metadata.name, `web-${hash}`);
  t.match(pods(cluster)[0]!.metadata, { labels: { app: 'web', 'pod-template-hash': hash } });
  t.equal(get(cluster).metadata.annotations!['deployment.kubernetes.io/revision'], '1');
  t.match(progressing(cluster), { status: 'True', reason: 'NewReplicaSetAvailable' });
  t.match(findCondition(get(cluster).status?.conditions, 'Available'), { reason: 'MinimumReplicasAvailable' });
  const event = cluster.client.list('events', { namespace }).find(({ reason }) => reason === 'ScalingReplicaSet');
  t.equal(event?.message, `Scaled up replica set web-${hash} from 0 to 4`);
});

for (const [maxSurge, maxUnavailable] of [
  [1, 0],
  [0, 1],
  ['25%', '25%'],
  [2, 2],
] as const) {
  void t.test(`a rolling update stays within maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}`, async (t) => {
    const cluster = start(t);
    const rollingUpdate = { maxSurge, maxUnavailable };
    cluster.client.create('deployments', deployment({ strategy: { type: 'RollingUpdate', rollingUpdate } }));
    await eventually('rolled out', isRolledOut(cluster, 'web:1'));
    const most = 4 + (maxSurge === '25%' ? 1 : maxSurge);
    const fewest = 4 - (maxUnavailable === '25%' ? 1 : maxUnavailable);
    const seen = { active: [] as number[], ready: [] as number[] };
    const stop = cluster.client.watch('pods', {}, () => {
      const active = pods(cluster).filter(isActive);
      seen.active.push(active.length);
      seen.ready.push(active.filter(isReady).length);
    });
    setImage(cluster, 'web:2');
    await eventually('updated', isRolledOut(cluster, 'web:2'));
    stop();
    t.ok(seen.active.length > 8, 'pods were watched');
    t.ok(Math.max(...seen.active) <= most, `never more than ${most} pods`);
    t.ok(Math.min(...seen.ready) >= fewest, `never fewer than ${fewest} ready pods`);
  });
}

void t.test('a rollout that follows a broken one gives up the broken pods first', async (t) => {
  const cluster = start(t, { becomesReady: (pod) => pod.spec!.containers[0]!.image !== 'web:bad' });
  cluster.client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  setImage(cluster, 'web:bad');
  await eventually('stuck', () => pods(cluster).filter(isActive).length === 5);
  let fewest = Infinity;
  const stop = cluster.client.watch('pods', {}, () => {
    fewest = Math.min(fewest, pods(cluster).filter((pod) => isActive(pod) && isReady(pod)).length);
  });
  setImage(cluster, 'web:3');
  await eventually('updated', isRolledOut(cluster, 'web:3'));
  stop();
  t.ok(fewest >= 3, `never fewer than 3 ready pods: ${fewest}`);
});

void t.test('Recreate removes all old pods before it makes new ones', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment({ strategy: { type: 'Recreate' } }));
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  let mixed = false;
  t.teardown(
    cluster.client.watch('pods', {}, () => {
      mixed ||= new Set(pods(cluster).map((pod) => pod.spec!.containers[0]!.image)).size > 1;
    }),
  );
  setImage(cluster, 'web:2');
  await eventually('updated', isRolledOut(cluster, 'web:2'));
  t.notOk(mixed);
});

void t.test('going back to an earlier template makes its replica set current again', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  const first = replicaSets(cluster)[0]!.metadata.name;
  setImage(cluster, 'web:2');
  await eventually('updated', isRolledOut(cluster, 'web:2'));
  setImage(cluster, 'web:1');
  await eventually('rolled back', isRolledOut(cluster, 'web:1'));
  t.equal(replicaSets(cluster).length, 2);
  t.match(cluster.client.get('replicasets', namespace, first), {
    metadata: {
      annotations: {
        'deployment.kubernetes.io/revision': '3',
        'deployment.kubernetes.io/revision-history': '1',
      },
    },
    spec: { replicas: 4 },
  });
  t.equal(get(cluster).metadata.annotations!['deployment.kubernetes.io/revision'], '3');
});

void t.test('keeps no more old replica sets than revisionHistoryLimit', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment({ replicas: 1, revisionHistoryLimit: 1 }));
  for (const version of [1, 2, 3, 4]) {
    if (version > 1) setImage(cluster, `web:${version}`);
    await eventually(`version ${version}`, isRolledOut(cluster, `web:${version}`));
  }
  await eventually('pruned', () => replicaSets(cluster).length === 2);
  const revisions = replicaSets(cluster).map(
    ({ metadata }) => metadata.annotations!['deployment.kubernetes.io/revision'],
  );
  t.strictSame(new Set(revisions), new Set(['3', '4']));
});

void t.test('a paused deployment is scaled, but not rolled on', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  patchSpec(cluster, { paused: true });
  await eventually('paused', () => progressing(cluster)?.reason === 'DeploymentPaused');
  setImage(cluster, 'web:2');
  patchSpec(cluster, { replicas: 6 });
  await eventually('scaled', () => pods(cluster).filter(isReady).length === 6);
  t.ok(pods(cluster).every((pod) => pod.spec!.containers[0]!.image === 'web:1'));
  t.equal(replicaSets(cluster).length, 1);
  patchSpec(cluster, { paused: false });
  await eventually('resumed', isRolledOut(cluster, 'web:2'));
});

void t.test('a rollout that does not get on exceeds its deadline, and the old pods stay', async (t) => {
  const cluster = start(t, { becomesReady: (pod) => pod.spec!.containers[0]!.image !== 'web:bad' });
  cluster.client.create('deployments', deployment({ progressDeadlineSeconds: 1 }));
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  setImage(cluster, 'web:bad');
  await eventually('deadline', () => progressing(cluster)?.reason === 'ProgressDeadlineExceeded');
  t.match(progressing(cluster), { status: 'False', message: /^ReplicaSet "web-\w+" has timed out progressing\.$/ });
  t.ok(pods(cluster).filter(isReady).length >= 3);
  setImage(cluster, 'web:1');
  await eventually('rolled back', isRolledOut(cluster, 'web:1'));
});

void t.test('a change of scale in the middle of a rollout is spread over both replica sets', async (t) => {
  const cluster = start(t, { becomesReady: (pod) => pod.spec!.containers[0]!.image !== 'web:bad' });
  const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
  cluster.client.create('deployments', deployment({ replicas: 10, strategy: { rollingUpdate } }));
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  setImage(cluster, 'web:bad');
  const sizes = () =>
    replicaSets(cluster)
      .map(({ spec }) => spec!.replicas!)
      .sort((a, b) => a - b);
  await eventually('stuck at 5 new and 8 old', () => sizes().join() === '5,8');
  patchSpec(cluster, { replicas: 15 });
  // The example of the documentation of Deployments: 5 more, by proportion.
  await eventually('7 new and 11 old', () => sizes().join() === '7,11');
  t.equal(progressing(cluster)?.reason, 'ReplicaSetUpdated');
});

void t.test('minReadySeconds delays availability', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment({ replicas: 1, minReadySeconds: 2 }));
  await eventually('ready', () => get(cluster).status?.readyReplicas === 1);
  t.equal(get(cluster).status?.availableReplicas, undefined);
  await eventually('available', () => get(cluster).status?.availableReplicas === 1);
});

void t.test('passes over a name that is taken', async (t) => {
  const cluster = start(t);
  const { client } = cluster;
  client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  const { name } = replicaSets(cluster)[0]!.metadata;
  client.delete('deployments', namespace, 'web', { propagationPolicy: 'Background' });
  await eventually('all gone', () => replicaSets(cluster).length + pods(cluster).length === 0);
  client.create('replicasets', {
    metadata: { namespace, name },
    spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: template('other') },
  });
  client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  t.equal(get(cluster).status?.collisionCount, 1);
  t.equal(replicaSets(cluster).length, 2);
});

void t.test('deleting a deployment deletes its replica sets and pods', async (t) => {
  const cluster = start(t);
  cluster.client.create('deployments', deployment());
  await eventually('rolled out', isRolledOut(cluster, 'web:1'));
  cluster.client.delete('deployments', namespace, 'web', { propagationPolicy: 'Background' });
  await eventually('all gone', () => replicaSets(cluster).length + pods(cluster).length === 0);
});
