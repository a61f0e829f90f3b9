import t from 'tap';
import { parseMilliCpu, parseQuantity } from './quantity.ts';

void t.test('quantities in base units', (t) => {
  for (const [text, value] of [
    ['0', 0],
    ['1', 1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['250m', 0.25],
    ['2Gi', 2 * 1024 ** 3],
    ['1.5Ki', 1536],
    ['3k', 3000],
    ['1e3', 1000],
    ['12E-1', 1.2],
    ['1E', 1e18],
    ['-1', -1],
    [7, 7],
  ] as const) {
    t.equal(parseQuantity(text), value, String(text));
  }
  for (const text of ['', 'x', '1 Gi', '1gi', '1KiB', '--1', '1.2.3', '.', 'Infinity']) {
    t.throws(() => parseQuantity(text), RangeError, text);
  }
  t.end();
});

void t.test('CPU in thousandths, rounded up', (t) => {
  t.equal(parseMilliCpu('0.07'), 70);
  t.equal(parseMilliCpu('100m'), 100);
  t.equal(parseMilliCpu('2'), 2000);
  t.equal(parseMilliCpu('1u'), 1);
  t.end();
});
