import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { Client } from 'pg';
import t from 'tap';
import { startLab, until, type Lab } from '../../kubelet/kubelet-fixture.ts';

const env = [
  { name: 'POSTGRES_USER', value: 'app' },
  { name: 'POSTGRES_PASSWORD', value: "it's secret" },
  { name: 'POSTGRES_DB', value: 'logs' },
];

function runPostgres(lab: Lab, name: string): void {
  lab.run(name, {
    containers: [
      {
        image: 'postgres:18',
        args: ['postgres', '-c', 'max_connections=42'],
        env,
        ports: [{ containerPort: 5432 }],
        volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }],
        readinessProbe: { exec: { command: ['pg_isready', '-U', 'app', '-d', 'logs'] }, timeoutSeconds: 5 },
      },
    ],
    volumes: [{ name: 'data', hostPath: { path: '/data' } }],
  });
}

async function query(lab: Lab, pod: string, sql: string, password = "it's secret"): Promise<unknown[][]> {
  const real = lab.network.resolve(lab.find(pod)!.status!.podIP!, 5432);
  const client = new Client({ ...real, user: 'app', password, database: 'logs' });
  // The server is killed while the client is connected.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][];
  } finally {
    await client.end();
  }
}

void t.test('PostgreSQL keeps the contract of the official image, and its rows when it is killed', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  runPostgres(lab, 'db');
  await until('the database is ready', () => lab.isReady('db'));
  t.same(await query(lab, 'db', 'show max_connections'), [['42']]);
  t.same(await query(lab, 'db', 'show fsync'), [['on']]);
  t.same(await query(lab, 'db', 'show server_encoding'), [['UTF8']]);
  await t.rejects(query(lab, 'db', 'select 1', 'wrong'), { code: '28P01' }, 'the password is asked for');
  await query(lab, 'db', 'create table log (id int)');
  await query(lab, 'db', 'insert into log values (1), (2)');

  lab.kubelet.powerOff();
  const frozen = connect(lab.network.resolve(lab.find('db')!.status!.podIP!, 5432));
  const answers: unknown[] = [];
  frozen.on('data', (data) => answers.push(data)).on('error', () => {});
  frozen.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.same(answers, [], 'a machine without power does not answer');
  frozen.destroy();

  await lab.kubelet.powerOn();
  await until('the container was started again', () => lab.status('db')?.restartCount === 1);
  await until('the database is ready again', () => lab.isReady('db'));
  t.same(await query(lab, 'db', 'select count(*)::int from log'), [[2]]);

  const startedMs = performance.now();
  lab.client.delete('pods', 'default', 'db');
  await until('the pod is gone', () => !lab.find('db'));
  t.ok(performance.now() - startedMs < 2000, 'fast shutdown');
  runPostgres(lab, 'db2');
  await until('another pod serves the same data', () => lab.isReady('db2'));
  t.same(await query(lab, 'db2', 'select count(*)::int from log'), [[2]]);
});

void t.test('a database without a password is refused', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('db', { restartPolicy: 'Never', containers: [{ image: 'postgres:18' }] });
  await until('the pod has failed', () => lab.find('db')?.status?.phase === 'Failed');
  t.match(await lab.log('db'), 'POSTGRES_PASSWORD is not specified');
});

void t.test('pg_isready tells a server that is not there', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  lab.run('db', { containers: [{ image: 'postgres:18', command: ['sleep', '60'], env }] });
  await until('the container runs', () => lab.status('db')?.state?.running);
  const lines: string[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  t.equal(await lab.kubelet.exec('default', 'db', { command: ['pg_isready'], stdout }), 2);
  t.match(lines.join(''), / - no response\n$/);
});
