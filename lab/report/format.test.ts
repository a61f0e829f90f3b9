import t from 'tap';
import {
  formatBytes,
  formatMs,
  formatP,
  formatPercent,
  formatRate,
  formatSeconds,
  formatValue,
  plural,
} from './format.ts';

void t.test('three digits and a unit', async (t) => {
  t.same([0, 0.1234, 3.4567, 12.345, 123.45, 999.7, 61_234].map(formatMs), [
    '0 ms',
    '0.123 ms',
    '3.46 ms',
    '12.3 ms',
    '123 ms',
    '1.00 s',
    '61.2 s',
  ]);
  t.same([5, 9.999, 36.04].map(formatSeconds), ['5 s', '10.0 s', '36.0 s']);
  t.same([0, 0.00001, 0.0042, 0.2498, 1].map(formatPercent), ['0 %', '< 0.01 %', '0.42 %', '25.0 %', '100 %']);
  t.same([0.00001, 0.0431, 0.99999].map(formatP), ['< 0.0001', '0.043', '> 0.9999']);
  t.same([12.34, 12_345.6].map(formatRate), ['12.3/s', '12,346/s']);
  t.same([999, 18_453_345, 8e9].map(formatBytes), ['999 B', '18.5 MB', '8 GB']);
});

void t.test('values by their unit', async (t) => {
  t.equal(formatValue(null, 'ms'), '–');
  t.equal(formatValue(true, 'boolean'), 'true');
  t.equal(formatValue('random', 'word'), 'random');
  t.equal(formatValue(12_000, 'count'), '12,000');
  t.equal(formatValue(1.234, 'number'), '1.23');
  t.equal(plural(1, 'pod'), '1 pod');
  t.equal(plural(2000, 'pod'), '2,000 pods');
});
