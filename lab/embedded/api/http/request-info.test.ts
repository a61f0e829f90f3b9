import t from 'tap';
import { parseResourcePath } from './request-info.ts';

function parsed(path: string): object | undefined {
  const target = parseResourcePath(path);
  return target && { ...target, resource: target.resource.plural };
}

function target(resource: string, rest: object = {}): object {
  return { resource, namespace: undefined, name: undefined, subresource: undefined, rest: undefined, ...rest };
}

void t.test('paths of objects and collections', async (t) => {
  t.same(parsed('/api/v1/nodes'), target('nodes'));
  t.same(parsed('/api/v1/nodes/w1/status'), target('nodes', { name: 'w1', subresource: 'status' }));
  t.same(parsed('/api/v1/pods'), target('pods'));
  t.same(parsed('/api/v1/namespaces/a/pods'), target('pods', { namespace: 'a' }));
  t.same(parsed('/api/v1/namespaces/a/pods/p/log'), target('pods', { namespace: 'a', name: 'p', subresource: 'log' }));
  t.same(parsed('/apis/apps/v1/namespaces/a/deployments/d'), target('deployments', { namespace: 'a', name: 'd' }));
});

void t.test('a Namespace is an object and a place', async (t) => {
  t.same(parsed('/api/v1/namespaces'), target('namespaces'));
  t.same(parsed('/api/v1/namespaces/a'), target('namespaces', { name: 'a' }));
  t.same(parsed('/api/v1/namespaces/a/status'), target('namespaces', { name: 'a', subresource: 'status' }));
});

void t.test('what follows proxy is kept as it is', async (t) => {
  const proxied = parsed('/api/v1/namespaces/a/services/http:s:80/proxy/x%20y/z');
  t.same(proxied, target('services', { namespace: 'a', name: 'http:s:80', subresource: 'proxy', rest: '/x%20y/z' }));
});

void t.test('a path outside the groups that are served is not answered here', async (t) => {
  for (const path of ['/', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/apis/nope/v1/pods', '/version']) {
    t.equal(parsed(path), undefined, path);
  }
});

void t.test('what a served group does not have is not found', async (t) => {
  const unknown = [
    '/api/v1/foos',
    '/apis/apps/v1/pods',
    '/api/v1/namespaces/a/nodes',
    '/api/v1/pods/p',
    '/api/v1/namespaces/a/pods/p/scale',
  ];
  for (const path of unknown) t.throws(() => parsed(path), { code: 404 }, path);
  t.throws(() => parsed('/api/v1/nodes/%zz'), { code: 400 });
});
