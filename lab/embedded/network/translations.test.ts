import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createTranslations } from './translations.ts';

void t.test('what is translated is in the file, and nothing else', (t) => {
  const directory = join(t.testdir(), 'network');
  const translations = createTranslations(directory);
  const file = () => JSON.parse(readFileSync(translations.path, 'utf8'));
  t.same(file(), {});
  t.same(translations.resolve('127.20.1.2', 80), { host: '127.20.1.2', port: 80 });
  translations.set('127.20.1.2', 80, { host: '127.20.1.2', port: 40_000 });
  t.same(translations.resolve('127.20.1.2', 80), { host: '127.20.1.2', port: 40_000 });
  t.same(file(), { '127.20.1.2:80': '127.20.1.2:40000' });
  translations.set('127.20.1.2', 80, { host: '127.20.1.2', port: 80 });
  t.same(file(), {}, 'where it belongs: no translation');
  translations.set('127.20.1.3', 81, { host: '127.0.0.1', port: 40_001 });
  translations.delete('127.20.1.3', 81);
  t.same(file(), {});
  t.same(readdirSync(directory), ['translations.json'], 'nothing is left of writing it');
  translations.close();
  t.notOk(existsSync(translations.path));
  t.end();
});
