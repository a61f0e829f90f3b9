import t from 'tap';
import { divergences } from './compare.ts';

void t.test('each leaf that differs is named by its path', async (t) => {
  t.same(divergences({ a: [{ b: 1 }], c: 2 }, { a: [{ b: 1 }], c: 2 }), []);
  t.same(divergences({ a: [{ b: 1, c: 1 }] }, { a: [{ b: 2 }] }), [
    { path: 'a[0].b', real: 1, embedded: 2 },
    { path: 'a[0].c', real: 1, embedded: undefined },
  ]);
  t.same(divergences([null], []), [{ path: '[0]', real: null, embedded: undefined }]);
});

void t.test('a line that only one side has does not put the others out of step', async (t) => {
  t.same(divergences(['a', 'x', 'b', 'c'], ['a', 'b', 'c']), [{ path: '[1]', real: 'x', embedded: undefined }]);
  t.same(divergences(['a', 'b'], ['a', 'y', 'b', 'z']), [
    { path: '[1]', real: undefined, embedded: 'y' },
    { path: '[3]', real: undefined, embedded: 'z' },
  ]);
});

void t.test('as many lines on both sides are compared one by one', async (t) => {
  t.same(divergences(['a', 'b'], ['a', 'c']), [{ path: '[1]', real: 'b', embedded: 'c' }]);
});
