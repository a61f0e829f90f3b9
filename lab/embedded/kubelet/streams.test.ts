import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startLab, until } from './kubelet-fixture.ts';

void t.test('exec runs in the environment of the container', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('web', { containers: [{ command: ['sleep', '600'], env: [{ name: 'COLOUR', value: 'red' }] }] });
  await until('it runs', () => lab.status('web')?.state?.running);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const command = ['sh', '-c', 'read line; echo "$line $COLOUR"; echo oops >&2; exit 3'];
  const code = await lab.kubelet.exec('default', 'web', { command, stdin: Readable.from(['hello\n']), stdout, stderr });
  stdout.end();
  stderr.end();
  t.equal(code, 3);
  t.equal(await text(stdout), 'hello red\n');
  t.equal(await text(stderr), 'oops\n');
  await t.rejects(lab.kubelet.exec('default', 'web', { command: ['no-such-program'] }), {
    reason: 'InternalError',
    message: /executable file not found in \$PATH/,
  });
  await t.rejects(lab.kubelet.exec('default', 'web', { command: ['true'], container: 'x' }), { code: 400 });
  await t.rejects(lab.kubelet.exec('default', 'nobody', { command: ['true'] }), { code: 404 });
});

void t.test('port-forward reaches the real address', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const ports = [{ containerPort: 8080 }, { containerPort: 9090 }];
  lab.run('web', {
    containers: [{ image: 'log-lab/test-server:1.0.0', ports, readinessProbe: { tcpSocket: { port: 8080 } } }],
  });
  await until('it is ready', () => lab.isReady('web'));
  const connection = await lab.kubelet.portForward('default', 'web', 8080);
  connection.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  t.match(await text(connection), /^HTTP\/1.1 200 OK/);
  await t.rejects(lab.kubelet.portForward('default', 'web', 9090), { message: /connect: connection refused/ });
});

void t.test('a followed log ends with the container', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('web', { restartPolicy: 'Never', containers: [{ args: ['echo a; sleep 0.3; echo b; printf c'] }] });
  await until('it runs', () => lab.status('web')?.state?.running);
  const stream = await lab.kubelet.logs('default', 'web', { follow: true });
  await once(stream, 'readable');
  t.equal(await text(stream), 'a\nb\nc\n');
  await t.rejects(lab.log('web', { previous: true }), {
    message: 'previous terminated container "main" in pod "web" not found',
  });
  await t.rejects(lab.log('web', { container: 'x' }), { message: 'container x is not valid for pod web' });
});
