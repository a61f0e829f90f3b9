import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { PersistentVolumeClaim, Pod } from 'kubernetes-types/core/v1.js';
import { isReady } from '../shared/pods.ts';
import { eventually, startTestCluster, template } from '../testing/test-cluster.ts';
import type { TestCluster } from '../testing/test-cluster.ts';

const namespace = 'default';

function start(t: { teardown(clean: () => void): void }, directory?: string) {
  const cluster = startTestCluster(directory === undefined ? {} : { directory });
  t.teardown(() => cluster.stop());
  return cluster;
}

function claim(spec: Partial<PersistentVolumeClaim['spec'] & {}> = {}): PersistentVolumeClaim {
  const resources = { requests: { storage: '1Gi' } };
  return { metadata: { namespace, name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources, ...spec } };
}

function pod(name = 'db', nodeSelector?: Record<string, string>): Pod {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const { spec, metadata } = template('db', { volumes, ...(nodeSelector && { nodeSelector }) });
  return { metadata: { namespace, name, ...metadata }, spec };
}

const getClaim = ({ client }: TestCluster) => client.get('persistentvolumeclaims', namespace, 'data');
const findPod = ({ client }: TestCluster, name = 'db') => client.find('pods', namespace, name);
const volumes = ({ client }: TestCluster) => client.list('persistentvolumes');
const reasons = ({ client }: TestCluster) =>
  client.list('events', { fieldSelector: 'involvedObject.name=data' }).map(({ reason }) => reason);
const running = (cluster: TestCluster, name = 'db') =>
  eventually(`${name} is ready`, () => {
    const found = findPod(cluster, name);
    return found && isReady(found) ? found : undefined;
  });
const bound = (cluster: TestCluster) => eventually('bound', () => getClaim(cluster).status?.phase === 'Bound');

async function remove(cluster: TestCluster) {
  cluster.client.delete('pods', namespace, 'db');
  cluster.client.delete('persistentvolumeclaims', namespace, 'data');
  await eventually('claim is gone', () => !cluster.client.find('persistentvolumeclaims', namespace, 'data'));
}

void t.test('a volume is made on the node of the first pod that uses the claim', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  await eventually('waiting', () => reasons(cluster).includes('WaitForFirstConsumer'));
  t.match(getClaim(cluster), { spec: { storageClassName: 'local-path' }, status: { phase: 'Pending' } });
  cluster.client.create('pods', pod());
  const node = (await running(cluster)).spec!.nodeName!;
  await bound(cluster);
  t.match(getClaim(cluster), {
    metadata: {
      annotations: {
        'volume.kubernetes.io/selected-node': node,
        'volume.kubernetes.io/storage-provisioner': 'rancher.io/local-path',
        'pv.kubernetes.io/bind-completed': 'yes',
      },
      finalizers: ['kubernetes.io/pvc-protection'],
    },
    status: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] },
  });
  const path = join(cluster.settings.directory, 'volumes', 'default_data');
  const [volume] = volumes(cluster);
  t.match(volume, {
    metadata: { name: `pvc-${getClaim(cluster).metadata.uid}` },
    spec: {
      hostPath: { path },
      claimRef: { name: 'data', uid: getClaim(cluster).metadata.uid },
      persistentVolumeReclaimPolicy: 'Delete',
    },
    status: { phase: 'Bound' },
  });
  const terms = volume!.spec!.nodeAffinity!.required!.nodeSelectorTerms;
  t.match(terms, [{ matchExpressions: [{ key: 'kubernetes.io/hostname', values: [node] }] }]);
  t.ok(existsSync(path));
  t.strictSame(JSON.parse(readFileSync(`${path}.json`, 'utf8')), { node });
});

void t.test('other pods that use the claim go to the same node', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod('db', { 'kubernetes.io/hostname': 'w2' }));
  await running(cluster);
  for (const name of ['second', 'third', 'fourth']) {
    cluster.client.create('pods', pod(name));
    t.equal((await running(cluster, name)).spec!.nodeName, 'w2');
  }
  cluster.client.create('pods', pod('elsewhere', { 'kubernetes.io/hostname': 'w1' }));
  const condition = await eventually('refused', () =>
    findPod(cluster, 'elsewhere')!.status?.conditions?.find(({ reason }) => reason === 'Unschedulable'),
  );
  t.match(condition.message, /1 node\(s\) didn't match PersistentVolume's node affinity/);
});

void t.test('a deleted claim waits for its pods, then its volume and its data go', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod());
  await running(cluster);
  const path = volumes(cluster)[0]!.spec!.hostPath!.path;
  writeFileSync(join(path, 'rows'), 'precious');
  cluster.client.create('persistentvolumeclaims', { ...claim(), metadata: { namespace, name: 'unused' } });
  cluster.client.delete('persistentvolumeclaims', namespace, 'data');
  cluster.client.delete('persistentvolumeclaims', namespace, 'unused');
  await eventually('the other is gone', () => !cluster.client.find('persistentvolumeclaims', namespace, 'unused'));
  t.ok(getClaim(cluster).metadata.deletionTimestamp, 'terminating');
  t.ok(existsSync(join(path, 'rows')));
  cluster.client.delete('pods', namespace, 'db');
  await eventually('volume is gone', () => volumes(cluster).length === 0);
  t.notOk(existsSync(path));
  t.notOk(existsSync(`${path}.json`));
});

void t.test('a claim of the same name, made at once, does not lose its data to the old one', async (t) => {
  const cluster = start(t);
  for (let round = 0; round < 5; round++) {
    cluster.client.create('persistentvolumeclaims', claim());
    cluster.client.create('pods', pod());
    await running(cluster);
    const path = join(cluster.settings.directory, 'volumes', 'default_data');
    t.notOk(existsSync(join(path, 'rows')), 'empty at first');
    writeFileSync(join(path, 'rows'), 'precious');
    await eventually('only one volume', () => volumes(cluster).length === 1);
    t.ok(existsSync(join(path, 'rows')), 'still there');
    await remove(cluster);
  }
});

void t.test('a claim waits for the end of the volume that its namesake had', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod());
  await running(cluster);
  const { name, finalizers = [] } = volumes(cluster)[0]!.metadata;
  const setFinalizers = (list: string[]) =>
    cluster.client.patch('persistentvolumes', undefined, name, {
      type: 'merge',
      body: { metadata: { finalizers: list } },
    });
  setFinalizers([...finalizers, 'example.com/hold']);
  await remove(cluster);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod());
  await eventually('asked for', () => getClaim(cluster).metadata.annotations?.['volume.kubernetes.io/selected-node']);
  await eventually(
    'the old one is held',
    () => volumes(cluster)[0]?.metadata.finalizers?.join() === 'example.com/hold',
  );
  t.equal(volumes(cluster).length, 1);
  t.equal(getClaim(cluster).status?.phase, 'Pending');
  setFinalizers([]);
  await running(cluster);
});

void t.test('with Retain, the data stays', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod());
  await running(cluster);
  const [volume] = volumes(cluster);
  const path = volume!.spec!.hostPath!.path;
  const body = { spec: { persistentVolumeReclaimPolicy: 'Retain' } };
  cluster.client.patch('persistentvolumes', undefined, volume!.metadata.name, { type: 'merge', body });
  await remove(cluster);
  await eventually('released', () => volumes(cluster)[0]?.status?.phase === 'Released');
  t.ok(existsSync(path));
  cluster.client.delete('persistentvolumes', undefined, volume!.metadata.name);
  await eventually('volume is gone', () => volumes(cluster).length === 0);
  t.ok(existsSync(path), 'deleting the object does not touch the data');
});

void t.test('data outlives the cluster, and so does the node that it is on', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'volume-test-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const first = startTestCluster({ directory });
  first.client.create('persistentvolumeclaims', claim());
  first.client.create('pods', pod('db', { 'kubernetes.io/hostname': 'w2' }));
  await running(first);
  const path = join(directory, 'volumes', 'default_data');
  writeFileSync(join(path, 'rows'), 'precious');
  first.stop();

  for (let round = 0; round < 4; round++) {
    const next = startTestCluster({ directory });
    next.client.create('persistentvolumeclaims', claim());
    next.client.create('pods', pod());
    t.equal((await running(next)).spec!.nodeName, 'w2');
    t.equal(readFileSync(join(path, 'rows'), 'utf8'), 'precious');
    next.stop();
  }
});

void t.test('static volumes are bound by size, class and mode', async (t) => {
  const cluster = start(t);
  for (const [name, storage] of [
    ['small', '1Gi'],
    ['large', '10Gi'],
    ['medium', '5Gi'],
  ] as const) {
    const spec = { accessModes: ['ReadWriteMany'], capacity: { storage }, storageClassName: 'manual' };
    cluster.client.create('persistentvolumes', { metadata: { name }, spec: { ...spec, hostPath: { path: '/data' } } });
  }
  cluster.client.create('storageclasses', {
    metadata: { name: 'manual' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'Immediate',
  });
  const resources = { requests: { storage: '2Gi' } };
  const spec = { storageClassName: 'manual', accessModes: ['ReadWriteMany'], resources };
  cluster.client.create('persistentvolumeclaims', claim(spec));
  await bound(cluster);
  t.equal(getClaim(cluster).spec!.volumeName, 'medium');
  await eventually('the others stay available', () =>
    volumes(cluster).every(({ metadata, status }) => metadata.name === 'medium' || status?.phase === 'Available'),
  );
});

void t.test('says why nothing can be made', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim({ accessModes: ['ReadWriteMany'] }));
  cluster.client.create('pods', pod());
  await eventually('failure', () => reasons(cluster).includes('ProvisioningFailed'));
  t.equal(findPod(cluster)!.spec!.nodeName, undefined);
});

void t.test('a claim whose volume is deleted by force is lost', async (t) => {
  const cluster = start(t);
  cluster.client.create('persistentvolumeclaims', claim());
  cluster.client.create('pods', pod());
  await running(cluster);
  const { metadata, spec } = volumes(cluster)[0]!;
  const { name } = metadata;
  const { claimRef: _, ...unbound } = spec!;
  cluster.client.create('persistentvolumes', { metadata: { name: 'unused' }, spec: unbound });
  cluster.client.delete('persistentvolumes', undefined, name);
  cluster.client.delete('persistentvolumes', undefined, 'unused');
  await eventually('the other is gone', () => !cluster.client.find('persistentvolumes', undefined, 'unused'));
  t.equal(volumes(cluster).length, 1, 'protected while it is bound');
  const body = { metadata: { finalizers: null } };
  cluster.client.patch('persistentvolumes', undefined, name, { type: 'merge', body });
  await eventually('lost', () => getClaim(cluster).status?.phase === 'Lost');
  t.ok(reasons(cluster).includes('ClaimLost'));
});
