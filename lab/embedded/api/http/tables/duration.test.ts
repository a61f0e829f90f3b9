import t from 'tap';
import { age, humanDuration } from './duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

void t.test('a duration is coarser the longer it is', async (t) => {
  const cases: [number, string][] = [
    [-5 * SECOND, '<invalid>'],
    [-SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + SECOND, '2m1s'],
    [10 * MINUTE + 59 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [7 * HOUR + 59 * MINUTE, '7h59m'],
    [8 * HOUR + 59 * MINUTE, '8h'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [7 * DAY + 3 * HOUR, '7d3h'],
    [8 * DAY + 3 * HOUR, '8d'],
    [2 * YEAR - DAY, '729d'],
    [2 * YEAR + 3 * DAY, '2y3d'],
    [8 * YEAR + 3 * DAY, '8y'],
  ];
  for (const [milliseconds, text] of cases) t.equal(humanDuration(milliseconds), text);
});

void t.test('an age is counted from a time, if there is one', async (t) => {
  const now = Date.parse('2030-01-01T00:01:00Z');
  t.equal(age('2030-01-01T00:00:00Z', now), '60s');
  t.equal(age(undefined, now), '<unknown>');
});
