import t from 'tap';
import type { IngressRoute } from '../protocol.ts';
import { createRouter } from './routes.ts';

function route(host: string, path: string, pathType: 'Exact' | 'Prefix', backend: string): IngressRoute {
  return { host, path, pathType, backend, bodyLimit: 0, readTimeoutMs: 1000 };
}

void t.test('path rules, as the table in the Kubernetes documentation has them', (t) => {
  const table: [pathType: 'Exact' | 'Prefix', rules: string[], requested: string, matching: string | undefined][] = [
    ['Prefix', ['/'], '/any/path', '/'],
    ['Exact', ['/foo'], '/foo', '/foo'],
    ['Exact', ['/foo'], '/bar', undefined],
    ['Exact', ['/foo'], '/foo/', undefined],
    ['Exact', ['/foo/'], '/foo', undefined],
    ['Prefix', ['/foo'], '/foo', '/foo'],
    ['Prefix', ['/foo'], '/foo/', '/foo'],
    ['Prefix', ['/foo/'], '/foo', '/foo/'],
    ['Prefix', ['/foo/'], '/foo/', '/foo/'],
    ['Prefix', ['/aaa/bb'], '/aaa/bbb', undefined],
    ['Prefix', ['/aaa/bbb'], '/aaa/bbb', '/aaa/bbb'],
    ['Prefix', ['/aaa/bbb/'], '/aaa/bbb', '/aaa/bbb/'],
    ['Prefix', ['/aaa/bbb'], '/aaa/bbb/', '/aaa/bbb'],
    ['Prefix', ['/aaa/bbb'], '/aaa/bbb/ccc', '/aaa/bbb'],
    ['Prefix', ['/aaa/bbb'], '/aaa/bbbxyz', undefined],
    ['Prefix', ['/', '/aaa'], '/aaa/ccc', '/aaa'],
    ['Prefix', ['/', '/aaa', '/aaa/bbb'], '/aaa/bbb', '/aaa/bbb'],
    ['Prefix', ['/', '/aaa', '/aaa/bbb'], '/ccc', '/'],
    ['Prefix', ['/aaa'], '/ccc', undefined],
    ['Prefix', ['/foo'], '/foo?bar=/baz', '/foo'],
  ];
  for (const [pathType, rules, requested, matching] of table) {
    const router = createRouter(rules.map((path) => route('', path, pathType, path)));
    t.equal(router('a.test', requested)?.backend, matching, `${pathType} ${rules.join(' ')}: ${requested}`);
  }
  const mixed = createRouter([route('', '/foo', 'Prefix', 'prefix'), route('', '/foo', 'Exact', 'exact')]);
  t.equal(mixed('a.test', '/foo')?.backend, 'exact');
  t.equal(mixed('a.test', '/foo/x')?.backend, 'prefix');
  t.end();
});

void t.test('hosts: the exact one, then the wildcard, then any', (t) => {
  const router = createRouter([
    route('', '/', 'Prefix', 'any'),
    route('*.shop.test', '/', 'Prefix', 'wildcard'),
    route('www.shop.test', '/www', 'Prefix', 'exact'),
  ]);
  const table: [host: string, path: string, backend: string | undefined][] = [
    ['www.shop.test', '/www', 'exact'],
    ['WWW.Shop.Test:8080', '/www', 'exact'],
    ['www.shop.test', '/other', undefined],
    ['api.shop.test', '/', 'wildcard'],
    ['a.b.shop.test', '/', 'any'],
    ['shop.test', '/', 'any'],
    ['127.0.0.1:80', '/', 'any'],
    ['', '/', 'any'],
  ];
  for (const [host, path, backend] of table) t.equal(router(host, path)?.backend, backend, `${host}${path}`);
  t.end();
});

void t.test('of two equal rules the first one given wins', (t) => {
  const router = createRouter([route('a.test', '/', 'Prefix', 'older'), route('a.test', '/', 'Prefix', 'newer')]);
  t.equal(router('a.test', '/')?.backend, 'older');
  t.end();
});
