import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startLab, until } from '../kubelet/kubelet-fixture.ts';

const namespace = 'default';

void t.test('ConfigMaps, Secrets, downward API and projections are files, and follow their objects', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const configMap = lab.client.create('configmaps', {
    metadata: { name: 'cfg', namespace },
    data: { 'a.txt': 'one', 'b.txt': 'b' },
  });
  lab.client.create('secrets', {
    metadata: { name: 'key', namespace },
    data: { pin: Buffer.from('1234').toString('base64') },
  });
  lab.run(
    'web',
    {
      containers: [
        {
          command: ['sleep', '600'],
          env: [
            { name: 'DIR', value: '/etc/all' },
            { name: 'CFG', value: '/etc/cfg/sub/a' },
          ],
          volumeMounts: [
            { name: 'all', mountPath: '/etc/all' },
            { name: 'cfg', mountPath: '/etc/cfg' },
          ],
        },
      ],
      volumes: [
        { name: 'cfg', configMap: { name: 'cfg', items: [{ key: 'a.txt', path: 'sub/a' }] } },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'cfg' } },
              { secret: { name: 'key', items: [{ key: 'pin', path: 'pin', mode: 0o400 }] } },
              { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            ],
          },
        },
      ],
    },
    { app: 'shop' },
  );
  await until('it runs', () => lab.status('web')?.state?.running);
  const { uid } = lab.find('web')!.metadata;
  const read = (script: string) => lab.exec('web', script);
  t.equal(await read('cd $DIR; cat a.txt b.txt pin labels'), 'oneb1234app="shop"');
  t.equal(await read('stat -Lc %a $DIR/pin $DIR/a.txt'), '400\n644\n');
  t.equal(await read('cat $CFG'), 'one');

  lab.client.update('configmaps', { ...configMap, data: { 'a.txt': 'two' } });
  await until('the file is removed', () => !existsSync(join(lab.directory, 'pods', uid, 'volumes', 'all', 'b.txt')));
  t.equal(await read('cat $DIR/a.txt $CFG'), 'twotwo');
  const pod = lab.find('web')!;
  lab.client.update('pods', { ...pod, metadata: { ...pod.metadata, labels: { app: 'store' } } });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  t.equal(await read('cat $DIR/labels'), 'app="store"');
});

void t.test('a claim leads to its volume, which outlives the pod', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const path = join(lab.directory, 'volumes', 'pv');
  mkdirSync(path, { recursive: true });
  lab.client.create('persistentvolumes', {
    metadata: { name: 'pv' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      local: { path },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['w1'] }] }] },
      },
    },
  });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'pv' };
  const claim = lab.client.create('persistentvolumeclaims', { metadata: { name: 'data', namespace }, spec });
  const run = (name: string, script: string) =>
    lab.run(name, {
      restartPolicy: 'Never',
      containers: [
        {
          args: [script],
          env: [{ name: 'DATA', value: '/data' }],
          volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 'sub' }],
        },
      ],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    });
  run('writer', 'mkdir -p $DATA; echo kept > $DATA/file');
  await until('the claim is waited for', () => lab.events('FailedMount').length > 0);
  t.match(lab.events('FailedMount'), [
    'MountVolume.SetUp failed for volume "v" : persistentvolumeclaim "data" is not bound',
  ]);
  lab.client.update('persistentvolumeclaims', { ...claim, status: { phase: 'Bound' } }, { subresource: 'status' });
  await until('it has written', () => lab.find('writer')?.status?.phase === 'Succeeded');
  lab.client.delete('pods', namespace, 'writer');
  run('reader', 'cat $DATA/file');
  await until('it has read', () => lab.find('reader')?.status?.phase === 'Succeeded');
  t.equal(await lab.log('reader'), 'kept\n');
  t.ok(existsSync(join(path, 'sub', 'file')));
});

void t.test('a mount that the program cannot find is reported', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('web', {
    containers: [{ command: ['sleep', '600'], volumeMounts: [{ name: 'v', mountPath: '/etc/hidden' }] }],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  await until('it is reported', () => lab.events('VolumeNotVisible').length > 0);
  t.match(lab.events('VolumeNotVisible'), [/^Volume "v" cannot be seen at \/etc\/hidden by container main/]);
});
