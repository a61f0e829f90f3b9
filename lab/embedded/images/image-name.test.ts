import t from 'tap';
import { fullImageName, imageKey, isImageName } from './image-name.ts';

void t.test('full names', async (t) => {
  const cases: [name: string, full: string][] = [
    ['postgres', 'docker.io/library/postgres:latest'],
    ['postgres:18', 'docker.io/library/postgres:18'],
    ['log-lab/log-processor:1.0.0', 'docker.io/log-lab/log-processor:1.0.0'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost:5000/x', 'localhost:5000/x:latest'],
    ['localhost/x:1', 'localhost/x:1'],
  ];
  for (const [name, full] of cases) t.equal(fullImageName(name), full, name);
});

void t.test('names that mean the same image', async (t) => {
  t.equal(imageKey(`postgres:18@sha256:${'a'.repeat(64)}`), imageKey('docker.io/library/postgres:18'));
});

void t.test('what is no name', async (t) => {
  for (const name of ['', 'Not An Image', 'x:', 'a//b']) t.notOk(isImageName(name), name);
  for (const name of ['x', 'a/b/c:1.0', 'host:5000/a_b/c--d:v1']) t.ok(isImageName(name), name);
});
