import t from 'tap';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { isTrue } from '../shared/conditions.ts';
import { isActive } from '../shared/pods.ts';
import { eventually, startTestCluster, template } from '../testing/test-cluster.ts';
import type { TestCluster, TestClusterOptions } from '../testing/test-cluster.ts';
import { formatIndexes, indexOf, parseIndexes } from './indexes.ts';

const namespace = 'default';

function job(spec: Partial<Job['spec'] & {}> = {}): Job {
  return {
    metadata: { namespace, name: 'task' },
    spec: { template: template('task', { restartPolicy: 'Never' }), ...spec },
  };
}

function start(t: { teardown(clean: () => void): void }, options: TestClusterOptions = {}) {
  const cluster = startTestCluster(options);
  t.teardown(() => cluster.stop());
  return cluster;
}

const get = ({ client }: TestCluster) => client.get('jobs', namespace, 'task');
const pods = ({ client }: TestCluster) => client.list('pods', { namespace, labelSelector: 'app=task' });
const has = (cluster: TestCluster, type: string) => () => isTrue(get(cluster).status?.conditions, type);

void t.test('runs until enough pods have succeeded, never more than parallelism at once', async (t) => {
  const cluster = start(t, { exitCode: () => 0 });
  let most = 0;
  t.teardown(
    cluster.client.watch('pods', {}, () => {
      most = Math.max(most, pods(cluster).filter(isActive).length);
    }),
  );
  cluster.client.create('jobs', job({ completions: 5, parallelism: 2 }));
  await eventually('complete', has(cluster, 'Complete'));
  t.match(get(cluster).status, {
    succeeded: 5,
    failed: undefined,
    active: undefined,
    completionTime: /Z$/,
    startTime: /Z$/,
  });
  t.ok(has(cluster, 'SuccessCriteriaMet')());
  t.ok(most <= 2);
  t.equal(pods(cluster).length, 5, 'finished pods stay');
  t.ok(pods(cluster).every((pod) => !pod.metadata.finalizers?.length));
});

void t.test('an indexed job does each index once', async (t) => {
  const cluster = start(t, { exitCode: () => 0 });
  cluster.client.create('jobs', job({ completions: 4, parallelism: 2, completionMode: 'Indexed' }));
  await eventually('complete', has(cluster, 'Complete'));
  t.equal(get(cluster).status!.completedIndexes, '0-3');
  t.strictSame(new Set(pods(cluster).map(indexOf)), new Set([0, 1, 2, 3]));
  const pod = pods(cluster).find((candidate) => indexOf(candidate) === 2)!;
  t.match(pod, {
    metadata: { name: /^task-2-\w{5}$/, labels: { 'batch.kubernetes.io/job-completion-index': '2' } },
    spec: { hostname: 'task-2', containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX' }] }] },
  });
});

void t.test('gives up after backoffLimit failures', async (t) => {
  const cluster = start(t, { exitCode: () => 1 });
  cluster.client.create('jobs', job({ backoffLimit: 0 }));
  await eventually('failed', has(cluster, 'Failed'));
  t.match(
    get(cluster).status!.conditions!.find(({ type }) => type === 'Failed'),
    { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
  );
  t.equal(get(cluster).status!.failed, 1);
});

void t.test('a failure delays the next pod', async (t) => {
  const cluster = start(t, { exitCode: () => 1 });
  cluster.client.create('jobs', job({ backoffLimit: 3 }));
  await eventually('first failure', () => get(cluster).status?.failed === 1);
  const later = { ...job({ backoffLimit: 3 }), metadata: { namespace, name: 'later' } };
  cluster.client.create('jobs', later);
  await eventually('a later one failed', () => cluster.client.get('jobs', namespace, 'later').status?.failed === 1);
  t.equal(get(cluster).status?.failed, 1);
  t.equal(pods(cluster).length, 2, 'the next one waits ten seconds');
});

void t.test('a pod that is deleted is replaced', async (t) => {
  const cluster = start(t);
  cluster.client.create('jobs', job());
  const [first] = await eventually('running', () => (pods(cluster)[0]?.status?.podIP ? pods(cluster) : undefined));
  cluster.client.delete('pods', namespace, first!.metadata.name);
  await eventually('replaced', () => {
    const active = pods(cluster).filter(isActive);
    return active.length === 1 && active[0]!.metadata.uid !== first!.metadata.uid;
  });
  await eventually('counted', () => get(cluster).status?.failed === 1);
});

void t.test('activeDeadlineSeconds ends the job and its pods', async (t) => {
  const cluster = start(t);
  cluster.client.create('jobs', job({ activeDeadlineSeconds: 1 }));
  await eventually('failed', has(cluster, 'Failed'));
  t.match(
    get(cluster).status!.conditions!.find(({ type }) => type === 'Failed'),
    { reason: 'DeadlineExceeded' },
  );
  await eventually('no pods', () => pods(cluster).filter(isActive).length === 0);
});

void t.test('suspends and resumes', async (t) => {
  const cluster = start(t);
  cluster.client.create('jobs', job({ suspend: true }));
  await eventually('suspended', has(cluster, 'Suspended'));
  t.equal(pods(cluster).length, 0);
  const suspend = (value: boolean) =>
    cluster.client.patch('jobs', namespace, 'task', { type: 'merge', body: { spec: { suspend: value } } });
  suspend(false);
  await eventually('running', () => pods(cluster).filter(isActive).length === 1);
  suspend(true);
  await eventually('suspended again', () => has(cluster, 'Suspended')() && pods(cluster).length === 0);
});

void t.test('a finished job goes after its time, with its pods', async (t) => {
  const cluster = start(t, { exitCode: () => 0 });
  cluster.client.create('jobs', job({ ttlSecondsAfterFinished: 0 }));
  await eventually('gone', () => pods(cluster).length === 0 && !cluster.client.find('jobs', namespace, 'task'));
});

void t.test('deleting a running job lets its pods go', async (t) => {
  const cluster = start(t);
  cluster.client.create('jobs', job({ parallelism: 2, completions: 2 }));
  await eventually('running', () => pods(cluster).filter((pod: Stored<Pod>) => pod.status?.podIP).length === 2);
  cluster.client.delete('jobs', namespace, 'task', { propagationPolicy: 'Background' });
  await eventually('gone', () => pods(cluster).length === 0);
});

void t.test('indexes are written as ranges', (t) => {
  t.equal(formatIndexes([7, 1, 3, 4, 5]), '1,3-5,7');
  t.equal(formatIndexes([0, 1]), '0,1');
  t.equal(formatIndexes([]), '');
  t.strictSame(parseIndexes('1,3-5,7'), new Set([1, 3, 4, 5, 7]));
  t.strictSame(parseIndexes(undefined), new Set());
  t.end();
});
