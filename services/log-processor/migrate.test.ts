import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import t from 'tap';
import { FatalDatabaseError } from '../shared/database.ts';
import { startPostgres } from '../shared/testing/postgres.ts';
import { ServiceProcess } from '../shared/testing/service-process.ts';
import { migrate } from './migrate.ts';

const { postgres, skip } = await startPostgres();
t.teardown(() => postgres?.remove());

void t.test('five processes at once: one migrates, all get ready', { skip }, async (t) => {
  const services = Array.from({ length: 5 }, () => new ServiceProcess('log-processor', postgres!.environment));
  t.teardown(() => Promise.all(services.map((service) => service.end())));
  await Promise.all(services.map((service) => service.ready()));
  const migrated = services.flatMap(({ lines }) => lines.filter(({ message }) => message === 'database migrated'));
  t.match(migrated, [{ applied: ['0001_logs.sql'] }]);
  t.equal(migrated.length, 1);
});

void t.test('applies what is new, in order, and refuses what was changed', { skip }, async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'log-lab-migrations-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const url = pathToFileURL(`${directory}/`);
  const client = new Client(postgres!.config);
  await client.connect();
  t.teardown(() => client.end());

  await writeFile(path.join(directory, '0002_b.sql'), 'alter table a add column b int');
  await writeFile(path.join(directory, '0001_a.sql'), 'create table a ()');
  t.same(await migrate(client, url), ['0001_a.sql', '0002_b.sql']);
  t.same(await migrate(client, url), []);

  await writeFile(path.join(directory, '0003_c.sql'), 'create table c (); nonsense');
  await t.rejects(migrate(client, url), /syntax error/);
  t.same(await postgres!.query(`select to_regclass('c') as c`), [{ c: null }], 'all or nothing');

  await rm(path.join(directory, '0003_c.sql'));
  await writeFile(path.join(directory, '0001_a.sql'), 'create table a (x int)');
  await t.rejects(
    migrate(client, url),
    new FatalDatabaseError('changed after they were applied to this database: 0001_a.sql'),
  );
});
