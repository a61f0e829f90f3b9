import t from 'tap';
import { ConfigurationError, Environment } from './environment.ts';

void t.test('reads values and falls back to defaults', async (t) => {
  const environment = new Environment({ PORT: '81', RATE: '0.5', KEEP: 'off', URL: 'http://a:1', EMPTY: '' });
  const range = { default: 7, min: 1, max: 100 };
  t.equal(environment.integer('PORT', range), 81);
  t.equal(environment.number('RATE', { ...range, min: 0 }), 0.5);
  t.equal(environment.integer('EMPTY', range), 7);
  t.equal(environment.flag('KEEP', true), false);
  t.equal(environment.flag('OTHER', true), true);
  t.equal(environment.httpUrl('URL', 'http://b').host, 'a:1');
  t.equal(environment.text('NAME', 'x'), 'x');
  t.doesNotThrow(() => environment.finish());
});

void t.test('reports every problem at once', async (t) => {
  const environment = new Environment({
    PORT: '8o',
    COUNT: '101',
    KEEP: 'yes',
    URL: 'ftp://x',
    POD: 'a b',
    BLANK: ' ',
  });
  const range = { default: 7, min: 1, max: 100 };
  environment.integer('PORT', range);
  environment.integer('COUNT', range);
  environment.integer('BLANK', range);
  environment.flag('KEEP', true);
  environment.httpUrl('URL', 'http://b');
  environment.token('POD', 'pod');
  environment.text('NAME');
  t.throws(
    () => environment.finish(),
    new ConfigurationError([
      'PORT: expected an integer from 1 to 100, got "8o"',
      'COUNT: expected an integer from 1 to 100, got "101"',
      'BLANK: expected an integer from 1 to 100, got " "',
      'KEEP: expected on or off, got "yes"',
      'URL: expected an http:// URL, got "ftp://x"',
      'POD: expected printable ASCII without spaces, got "a b"',
      'NAME: required, but not set',
    ]),
  );
});
