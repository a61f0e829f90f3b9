import t from 'tap';
import { startLab, until, type Lab } from '../kubelet-fixture.ts';

const ports = [{ name: 'http', containerPort: 8080 }];
const server = { image: 'log-lab/test-server:1.0.0', ports };
const healthz = { httpGet: { path: '/healthz', port: 'http' } };

async function post(lab: Lab, pod: string, path: string): Promise<void> {
  const { host, port } = lab.network.resolve(lab.find(pod)!.status!.podIP!, 8080);
  await fetch(`http://${host}:${port}${path}`, { method: 'POST', headers: { connection: 'close' } });
}

void t.test('readiness follows the probe', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const startedMs = performance.now();
  lab.run('web', {
    containers: [{ ...server, readinessProbe: { ...healthz, periodSeconds: 1, failureThreshold: 1 } }],
  });
  await until('it is ready', () => lab.isReady('web'));
  t.ok(performance.now() - startedMs < 1500, 'no period has to pass before a server that answers is ready');
  t.same(lab.events('Unhealthy'), [], 'early tries are not reported');
  await post(lab, 'web', '/healthz/fail');
  await until('it is not ready', () => !lab.isReady('web'));
  t.match(lab.events('Unhealthy'), ['Readiness probe failed: HTTP probe failed with statuscode: 503']);
  const condition = lab.find('web')!.status!.conditions!.find(({ type }) => type === 'Ready');
  t.match(condition, { reason: 'ContainersNotReady', message: 'containers with unready status: [main]' });
  await post(lab, 'web', '/healthz/pass');
  await until('it is ready again', () => lab.isReady('web'));
  t.equal(lab.status('web')?.restartCount, 0);
});

void t.test('a container that is not alive is restarted', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('web', {
    containers: [
      { ...server, readinessProbe: healthz, livenessProbe: { ...healthz, periodSeconds: 1, failureThreshold: 2 } },
    ],
  });
  await until('it is ready', () => lab.isReady('web'));
  const first = lab.status('web')?.containerID;
  await post(lab, 'web', '/healthz/fail');
  await until('it was restarted', () => lab.status('web')?.restartCount === 1);
  t.not(lab.status('web')?.containerID, first);
  t.ok(lab.events('Killing').includes('Container main failed liveness probe, will be restarted'));
  await until('it is ready again', () => lab.isReady('web'));
});

void t.test('other probes wait for the startup probe, and its failure restarts', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const fails = { exec: { command: ['sh', '-c', 'echo not yet; exit 1'] } };
  lab.run('slow', {
    containers: [
      {
        command: ['sleep', '600'],
        startupProbe: { ...fails, periodSeconds: 1, failureThreshold: 2 },
        readinessProbe: { exec: { command: ['true'] } },
      },
    ],
  });
  await until('it is given up', () => lab.events('Killing').length > 0);
  t.ok(lab.events('Unhealthy').includes('Startup probe failed: not yet\n'));
  t.notOk(lab.isReady('slow'));
  t.notOk(lab.status('slow')?.started);
});

void t.test('messages of failures are those of Kubernetes', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const quick = { periodSeconds: 1, failureThreshold: 1 };
  const probes = {
    refused: { httpGet: { path: '/x', port: 8080 } },
    tcp: { tcpSocket: { port: 8080 } },
    slow: { exec: { command: ['sleep', '5'] } },
    port: { httpGet: { port: 'no-such-port' } },
  };
  for (const [name, probe] of Object.entries(probes)) {
    lab.run(name, { containers: [{ command: ['sleep', '600'], ports, readinessProbe: { ...probe, ...quick } }] });
  }
  await until('all have failed', () => lab.events('Unhealthy').length === 4);
  const ip = (name: string): string => lab.find(name)!.status!.podIP!;
  t.same(
    lab.events('Unhealthy').sort(),
    [
      `Readiness probe failed: Get "http://${ip('refused')}:8080/x": dial tcp ${ip('refused')}:8080: connect: connection refused`,
      'Readiness probe failed: command timed out: "sleep 5" timed out after 1s',
      `Readiness probe failed: couldn't find port: "no-such-port"`,
      `Readiness probe failed: dial tcp ${ip('tcp')}:8080: connect: connection refused`,
    ].sort(),
  );
});
