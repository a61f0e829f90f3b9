import t from 'tap';
import { failureOf } from '../test-support.ts';
import { formatLabelSelector, matchLabelSelector, parseLabelSelector } from './labels.ts';

const labels = { app: 'web', tier: 'front', level: '3' };

void t.test('the text form', async (t) => {
  const selects: [string | undefined, boolean][] = [
    [undefined, true],
    ['', true],
    ['app', true],
    ['!app', false],
    ['!old', true],
    ['app=web', true],
    ['app==web', true],
    ['app = db', false],
    ['app!=db', true],
    ['old!=db', true],
    ['app in (web, db)', true],
    ['app in (db)', false],
    ['app notin (db)', true],
    ['old notin (db)', true],
    ['level>2', true],
    ['level<2', false],
    ['app=web,tier in (front),!old', true],
    ['app=web,tier=back', false],
    ['app=', false],
  ];
  for (const [text, expected] of selects) t.equal(parseLabelSelector(text)(labels), expected, text ?? 'none');
});

void t.test('what cannot be parsed', async (t) => {
  const messages: [string, string][] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
  ];
  for (const [text, message] of messages) {
    t.match(
      failureOf(() => parseLabelSelector(text)),
      { code: 400, reason: 'BadRequest', message },
      text,
    );
  }
});

void t.test('the object form', async (t) => {
  t.equal(matchLabelSelector(undefined)(labels), false, 'no selector selects nothing');
  t.equal(matchLabelSelector({})(labels), true, 'an empty one everything');
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['front', 'back'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  t.equal(matchLabelSelector(selector)(labels), true);
  t.equal(matchLabelSelector(selector)({ ...labels, old: '' }), false);
  t.equal(formatLabelSelector(selector), '!old,app=web,tier in (back,front)');
});
