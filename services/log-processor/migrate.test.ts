import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  t.match(migrated, [{ applied: ['0001_logs.sql', '0002_rollup.sql'] }]);
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

void t.test('the roll-ups of an older database are taken over', { skip }, async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'log-lab-migrations-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const migrations = new URL('./migrations/', import.meta.url);
  await copyFile(new URL('0001_logs.sql', migrations), path.join(directory, '0001_logs.sql'));
  await postgres!.query('create database older');
  const client = new Client({ ...postgres!.config, database: 'older' });
  await client.connect();
  t.teardown(() => client.end());

  await migrate(client, pathToFileURL(`${directory}/`));
  await client.query(`insert into log_rollup_series values
    ('a', 'w1', 'info', 'cart', 'f1', 3), ('a', 'w1', 'warn', 'cart', 'f2', 4), ('b', 'w2', 'info', 'mail', 'f1', 5)`);
  t.same(await migrate(client, migrations), ['0002_rollup.sql']);

  const { rows } = await client.query('select * from log_rollup order by pod, dimension, key');
  t.same(
    rows.map((row: Record<string, string>) => Object.values(row).join(' ')),
    [
      'a w1 level info 3',
      'a w1 level warn 4',
      'a w1 service cart 7',
      'a w1 template f1 3',
      'a w1 template f2 4',
      'b w2 level info 5',
      'b w2 service mail 5',
      'b w2 template f1 5',
    ],
  );
  t.same((await client.query('table log_rollup_total')).rows, [{ total: '12' }]);
});
