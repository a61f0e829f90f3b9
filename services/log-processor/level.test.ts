import t from 'tap';
import { LEVELS, normaliseLevel } from './level.ts';

void t.test('knows every level in any case', async (t) => {
  for (const level of LEVELS) t.equal(normaliseLevel(` ${level.toUpperCase()} `), level);
});

void t.test('knows what libraries call them', async (t) => {
  t.equal(normaliseLevel('WARNING'), 'warn');
  t.equal(normaliseLevel('Err'), 'error');
  t.equal(normaliseLevel('critical'), 'fatal');
  t.equal(normaliseLevel('notice'), 'info');
});

void t.test('does not guess', async (t) => {
  for (const name of ['', 'loud', '30', 'constructor']) t.equal(normaliseLevel(name), undefined, name);
});
