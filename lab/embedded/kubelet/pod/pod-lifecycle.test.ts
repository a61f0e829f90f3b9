import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findProcess } from '../process/process-table.ts';
import { startLab, until } from '../kubelet-fixture.ts';

void t.test('environment, downward API and expansion', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const { client } = lab;
  const metadata = { namespace: 'default' };
  client.create('configmaps', { metadata: { ...metadata, name: 'settings' }, data: { COLOUR: 'red', size: '3' } });
  client.create('secrets', {
    metadata: { ...metadata, name: 'login' },
    data: { password: Buffer.from('s3cret').toString('base64') },
  });
  client.create('services', {
    metadata: { ...metadata, name: 'log-processor' },
    spec: { clusterIP: '127.0.96.7', ports: [{ name: 'http', port: 80 }] },
  });
  lab.run(
    'web',
    {
      restartPolicy: 'Never',
      containers: [
        {
          image: 'node:1',
          args: ['console.log(JSON.stringify([process.env, process.argv.slice(1)]))', '$(GREETING)', '$(NOBODY)'],
          resources: { limits: { cpu: '1500m', memory: '128Mi' } },
          envFrom: [
            { configMapRef: { name: 'settings' }, prefix: 'CFG_' },
            { secretRef: { name: 'nothing', optional: true } },
          ],
          env: [
            { name: 'GREETING', value: 'hello $(CFG_COLOUR) $$(X)' },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
            { name: 'ABSENT', valueFrom: { configMapKeyRef: { name: 'settings', key: 'no', optional: true } } },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
            { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
          ],
        },
      ],
    },
    { app: 'shop' },
  );
  await until('the pod has succeeded', () => lab.find('web')?.status?.phase === 'Succeeded');
  const [env, args] = JSON.parse(await lab.log('web')) as [Record<string, string>, string[]];
  t.same(args, ['hello red $(X)', '$(NOBODY)']);
  t.match(env, {
    CFG_COLOUR: 'red',
    CFG_size: '3',
    PASSWORD: 's3cret',
    POD: 'web',
    APP: 'shop',
    NODE: 'w1',
    POD_IP: lab.find('web')!.status!.podIP!,
    CPU: '2',
    MEMORY: '128',
    LOG_PROCESSOR_SERVICE_HOST: '127.0.96.7',
    LOG_PROCESSOR_SERVICE_PORT_HTTP: '80',
    LOG_PROCESSOR_PORT_80_TCP: 'tcp://127.0.96.7:80',
    HOSTNAME: 'web',
  });
  t.notOk('ABSENT' in env);
  t.notOk(
    Object.keys(env).some((name) => /^(npm_|TAP)/.test(name)),
    "the cluster's own environment is not passed on",
  );
});

void t.test('init containers run in order, and a failing one with restartPolicy Never fails the pod', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
  const env = [{ name: 'FILE', value: '/shared/file' }];
  const init = (name: string, script: string) => ({ name, image: 'sh:1', args: [script], volumeMounts, env });
  lab.run('good', {
    restartPolicy: 'Never',
    initContainers: [init('one', 'echo one >> $FILE'), init('two', 'echo two >> $FILE')],
    containers: [{ args: ['cat $FILE'], volumeMounts, env }],
    volumes: [{ name: 'shared', emptyDir: {} }],
  });
  lab.run('bad', {
    restartPolicy: 'Never',
    initContainers: [{ name: 'one', image: 'sh:1', args: ['exit 3'] }],
    containers: [{}],
  });
  await until('the pod has succeeded', () => lab.find('good')?.status?.phase === 'Succeeded');
  t.equal(await lab.log('good'), 'one\ntwo\n');
  await until('the pod has failed', () => lab.find('bad')?.status?.phase === 'Failed');
  t.equal(lab.status('bad')?.state?.waiting?.reason, 'PodInitializing');
});

void t.test('a sidecar starts before the containers and ends after them', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('job', {
    restartPolicy: 'Never',
    initContainers: [
      {
        name: 'sidecar',
        image: 'sh:1',
        restartPolicy: 'Always',
        args: ['trap "echo end; exit 0" TERM; echo begin; while :; do sleep 0.05; done'],
      },
    ],
    containers: [{ args: ['sleep 0.3'] }],
  });
  await until('the pod has succeeded', () => lab.find('job')?.status?.phase === 'Succeeded');
  t.equal(await lab.log('job', { container: 'sidecar' }), 'begin\nend\n');
});

void t.test('a crashing container is restarted at once, then with back-off', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('crash', { containers: [{ args: ['echo run; exit 7'] }] });
  await until('it backs off', () => lab.status('crash')?.state?.waiting?.reason === 'CrashLoopBackOff');
  const status = lab.status('crash')!;
  t.equal(status.restartCount, 1);
  t.match(status.lastState?.terminated, { exitCode: 7, reason: 'Error' });
  t.match(status.state?.waiting?.message, /^back-off 1s restarting failed container=main pod=crash_default\(/);
  t.equal(lab.find('crash')?.status?.phase, 'Running');
  t.equal(await lab.log('crash', { previous: true }), 'run\n');
  await until('it is restarted after the wait', () => lab.status('crash')?.restartCount === 2);
  t.match(lab.events('BackOff'), [/^Back-off restarting failed container main in pod crash_default\(/]);
});

void t.test('restartPolicy OnFailure runs until success', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('job', {
    restartPolicy: 'OnFailure',
    containers: [
      {
        args: ['[ -e $FILE ] || { touch $FILE; exit 1; }'],
        env: [{ name: 'FILE', value: '/v/f' }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  await until('the pod has succeeded', () => lab.find('job')?.status?.phase === 'Succeeded');
  t.equal(lab.status('job')?.restartCount, 1);
});

void t.test('unknown images and programs are reported as by Kubernetes', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('image', { containers: [{ image: 'nowhere/nothing:9' }] });
  lab.run('program', { containers: [{ command: ['no-such-program'] }] });
  lab.run('name', { containers: [{ image: 'Not An Image' }] });
  await until('the pull has failed', () => lab.status('image')?.state?.waiting?.reason === 'ErrImagePull');
  await until('it backs off', () => lab.status('image')?.state?.waiting?.reason === 'ImagePullBackOff');
  t.equal(lab.find('image')?.status?.phase, 'Pending');
  t.match(lab.events('Failed').join('\n'), /Failed to pull image "nowhere\/nothing:9".*: not found/);
  await t.rejects(lab.log('image'), {
    reason: 'BadRequest',
    message: /is waiting to start: trying and failing to pull image/,
  });
  await until('the start has failed', () => lab.status('program')?.lastState?.terminated);
  t.match(lab.status('program')?.lastState?.terminated, {
    exitCode: 128,
    reason: 'StartError',
    message: /exec: "no-such-program": executable file not found in \$PATH/,
  });
  t.equal(lab.status('name')?.state?.waiting?.reason, 'InvalidImageName');
});

void t.test('a missing Secret holds a container back until it is there', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'late', key: 'a' } } }];
  lab.run('web', { restartPolicy: 'Never', containers: [{ args: ['echo $A'], env }] });
  await until('it is held back', () => lab.status('web')?.state?.waiting?.reason === 'CreateContainerConfigError');
  t.equal(lab.status('web')?.state?.waiting?.message, 'secret "late" not found');
  lab.client.create('secrets', { metadata: { name: 'late', namespace: 'default' }, data: { a: 'Yg==' } });
  await until('the pod has succeeded', () => lab.find('web')?.status?.phase === 'Succeeded');
  t.equal(await lab.log('web'), 'b\n');
});

void t.test(
  'deletion: SIGTERM, then SIGKILL when the grace period is over, to all that belongs to the container',
  async (t) => {
    const lab = startLab();
    t.teardown(() => lab.stop());
    const ready = 'echo ready; while :; do sleep 0.05; done';
    lab.run('polite', { containers: [{ args: [`trap "exit 0" TERM; ${ready}`] }] });
    const { uid } = lab.run('deaf', {
      containers: [{ args: [`trap "" TERM; setsid sleep 600 & echo $!; ${ready}`] }],
      terminationGracePeriodSeconds: 2,
    }).metadata;
    for (const name of ['polite', 'deaf']) await until(`${name} runs`, () => lab.status(name)?.state?.running);
    let child = 0;
    await until('the child is started', async () => (child = Number.parseInt(await lab.log('deaf'), 10)));
    const startedMs = performance.now();
    for (const name of ['polite', 'deaf']) lab.client.delete('pods', 'default', name);
    await until('the polite pod is gone', () => !lab.find('polite'));
    t.ok(performance.now() - startedMs < 1500);
    await until('the deaf pod is gone', () => !lab.find('deaf'));
    t.ok(performance.now() - startedMs > 1900, 'the grace period was waited for');
    t.equal(findProcess(child), undefined, 'what left the process group is killed, too');
    t.notOk(existsSync(join(lab.directory, 'pods', uid)));
    t.equal(lab.network.attachments.size, 0);
  },
);

const say = (word: string) => ({ exec: { command: ['sh', '-c', `echo ${word} >> $FILE`] } });

void t.test('hooks: postStart comes before probes, preStop before SIGTERM', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const { uid } = lab.run('web', {
    containers: [
      {
        args: ['trap "echo term >> $FILE; cat $FILE; sleep 0.3; exit 0" TERM; while :; do sleep 0.05; done'],
        env: [{ name: 'FILE', value: '/v/f' }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
        lifecycle: { postStart: say('post'), preStop: say('pre') },
        readinessProbe: { ...say('probe') },
      },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
  }).metadata;
  await until('it is ready', () => lab.isReady('web'));
  const log = lab.log('web', { follow: true });
  lab.client.delete('pods', 'default', 'web');
  t.equal(await log, 'post\nprobe\npre\nterm\n');
  await until('the pod is gone', () => !lab.find('web'));
  t.notOk(existsSync(join(lab.directory, 'pods', uid)));
});

void t.test('a pod that outlives its deadline fails', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('slow', { activeDeadlineSeconds: 1, containers: [{ command: ['sleep', '600'] }] });
  await until('the pod has failed', () => lab.find('slow')?.status?.phase === 'Failed');
  t.equal(lab.find('slow')?.status?.reason, 'DeadlineExceeded');
});

void t.test('a container above its memory limit is killed', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('hog', {
    restartPolicy: 'Never',
    containers: [
      {
        image: 'node:1',
        args: ['const kept = []; setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 20)'],
        resources: { limits: { memory: '200Mi' } },
      },
    ],
  });
  await until('the pod has failed', () => lab.find('hog')?.status?.phase === 'Failed');
  t.match(lab.status('hog')?.state?.terminated, { exitCode: 137, reason: 'OOMKilled' });
  t.match(lab.events('OOMKilling'), [/above its limit of 200Mi/]);
});
