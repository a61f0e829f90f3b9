import t from 'tap';
import { PathMap } from './path-map.ts';

void t.test('paths in mounts become real, others stay', async (t) => {
  const paths = new PathMap([
    { path: '/data', real: '/real/data' },
    { path: '/data/inner/', real: '/real/inner' },
    { path: '/unused', real: '/real/unused' },
  ]);
  t.equal(paths.value('/data/x/y'), '/real/data/x/y');
  t.equal(paths.value('/data'), '/real/data');
  t.equal(paths.value('/data/inner/z'), '/real/inner/z', 'the most specific mount');
  t.equal(paths.value('/database'), '/database');
  t.equal(paths.value('data'), 'data');
  t.equal(paths.value('/data/../etc'), '/data/../etc');
  t.equal(paths.argument('--config=/data/a.yaml'), '--config=/real/data/a.yaml');
  t.equal(paths.argument('cat /data/x'), 'cat /data/x', 'only whole arguments');
  t.ok(paths.isUsed('/data/inner'));
  t.notOk(paths.isUsed('/unused'));
});
