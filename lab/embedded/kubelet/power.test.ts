import { connect } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import { startLab, until } from './kubelet-fixture.ts';

const container = {
  image: 'log-lab/test-server:1.0.0',
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
};

void t.test('a loss of power hangs everything; afterwards containers start afresh', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const pods = ['kept', 'deleted', 'forced'];
  for (const name of pods) lab.run(name, { containers: [container] });
  for (const name of pods) await until(`${name} is ready`, () => lab.isReady(name));
  const before = lab.find('kept')!.status!;
  const bootId = lab.client.get('nodes', undefined, 'w1').status?.nodeInfo?.bootID;
  const connection = connect(lab.network.resolve(before.podIP!, 8080));
  await once(connection, 'connect');

  lab.kubelet.powerOff();
  t.notOk(lab.kubelet.powered);
  const renewed = lab.client.get('leases', 'kube-node-lease', 'w1').spec?.renewTime;
  let answered = false;
  connection.on('data', () => (answered = true)).on('error', () => {});
  connection.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  const hanging = lab.kubelet.logs('default', 'kept', {});
  const outcome = await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 1500, 'hangs'))]);
  t.equal(outcome, 'hangs');
  t.notOk(answered, 'a connection that was open hangs');
  t.equal(lab.client.get('leases', 'kube-node-lease', 'w1').spec?.renewTime, renewed, 'no heartbeat');
  lab.client.delete('pods', 'default', 'deleted');
  lab.client.delete('pods', 'default', 'forced', { gracePeriodSeconds: 0 });
  t.ok(lab.isReady('kept'), 'nothing is said to the API');

  const closed = new Promise((resolve) => connection.once('close', resolve));
  await lab.kubelet.powerOn();
  await closed;
  t.notOk(answered, 'what was frozen never goes on');
  await t.rejects(hanging, { code: 503 });
  await until('the container was started again', () => lab.status('kept')?.restartCount === 1);
  await until('the deleted pod is gone', () => !lab.find('deleted'));
  await until('it is ready again', () => lab.isReady('kept'));
  t.match(lab.status('kept')?.lastState?.terminated, { exitCode: 255, reason: 'Unknown' });
  t.not(lab.find('kept')?.status?.podIP, before.podIP);
  t.not(lab.client.get('nodes', undefined, 'w1').status?.nodeInfo?.bootID, bootId);
  t.equal(lab.network.attachments.size, 1);
});

void t.test('a grace period that runs out without power kills nobody', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('deaf', {
    terminationGracePeriodSeconds: 2,
    containers: [{ ...container, env: [{ name: 'IGNORE_SIGTERM', value: '1' }] }],
  });
  await until('it is ready', () => lab.isReady('deaf'));
  lab.client.delete('pods', 'default', 'deaf');
  await until('it is being stopped', () => lab.events('Killing').length > 0);
  lab.kubelet.powerOff();
  const connection = connect(lab.network.resolve(lab.find('deaf')!.status!.podIP!, 8080));
  const ended = new Promise((resolve) => connection.on('error', resolve).on('close', resolve));
  const outcome = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2500, 'hangs'))]);
  t.equal(outcome, 'hangs');
  connection.destroy();
  await lab.kubelet.powerOn();
  await until('the pod is gone', () => !lab.find('deaf'));
});

void t.test('stop ends everything, also what is frozen', async (t) => {
  const lab = startLab();
  for (const name of ['a', 'b']) lab.run(name, { containers: [container] });
  for (const name of ['a', 'b']) await until(`${name} is ready`, () => lab.isReady(name));
  lab.kubelet.powerOff();
  const startedMs = performance.now();
  await lab.stop();
  t.ok(performance.now() - startedMs < 1500);
  t.equal(lab.network.attachments.size, 0);
});
