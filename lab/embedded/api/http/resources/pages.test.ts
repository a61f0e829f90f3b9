import t from 'tap';
import type { KubeObject } from '../../types.ts';
import { Pages } from './pages.ts';

const objects = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ metadata: { name } }) as KubeObject);
const names = (page: { objects: readonly KubeObject[] }): string[] => page.objects.map(({ metadata }) => metadata.name);

void t.test('a list without a limit is one page', async (t) => {
  const page = new Pages().first(objects, '7', 0);
  t.equal(page.objects, objects);
  t.equal(page.continueToken, undefined);
});

void t.test('pages show the list as it was when the first was read', async (t) => {
  const pages = new Pages();
  const first = pages.first(objects, '7', 2);
  t.same(names(first), ['a', 'b']);
  t.equal(first.remaining, 3);
  const second = pages.next(first.continueToken!, 2);
  t.match(second, { resourceVersion: '7', remaining: 1 });
  const last = pages.next(second.continueToken!, 2);
  t.same(names(last), ['e']);
  t.equal(last.continueToken, undefined);
  t.same(names(pages.next(first.continueToken!, 0)), ['c', 'd', 'e'], 'a page can be asked for again, and larger');
});

void t.test('a token that is none, and one of a list that is not kept any more', async (t) => {
  const pages = new Pages();
  t.throws(() => pages.next('nonsense', 2), { code: 400 });
  const token = pages.first(objects, '7', 2).continueToken!;
  t.throws(() => new Pages().next(token, 2), { code: 410 });
  for (let index = 0; index < 100; index++) pages.first(objects, '8', 2);
  t.throws(() => pages.next(token, 2), { code: 410 }, 'only so many lists are kept');
});
