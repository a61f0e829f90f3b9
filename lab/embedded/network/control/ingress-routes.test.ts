import type { IngressBackend, IngressClass } from 'kubernetes-types/networking/v1.js';
import t from 'tap';
import type { Stored } from '../../api/types.ts';
import { createRouter } from '../data-plane/ingress/routes.ts';
import { ingressOf, metaOf, serviceOf } from '../test-support/objects.ts';
import { ingressesOfClass, routesOf, unsupportedIn } from './ingress-routes.ts';

const to = (name: string, port: { number?: number; name?: string } = { number: 80 }): IngressBackend => ({
  service: { name, port },
});
const services = new Map(
  ['web', 'api', 'other'].map((name) => [
    name,
    serviceOf(name, { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] }),
  ]),
);
const find = (_namespace: string, name: string) => services.get(name);
const ingressClass = (isDefault: boolean): Stored<IngressClass> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: metaOf('nginx', {
    annotations: { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) },
  }),
});

void t.test('an Ingress is served by its class: named, annotated or the default', (t) => {
  const ingresses = [
    ingressOf('named', { ingressClassName: 'nginx' }),
    ingressOf('annotated', {}, { annotations: { 'kubernetes.io/ingress.class': 'nginx' } }),
    ingressOf('none', {}),
    ingressOf('foreign', { ingressClassName: 'traefik' }),
  ];
  const served = (isDefault: boolean) =>
    ingressesOfClass(ingresses, [ingressClass(isDefault)], 'nginx').map(({ metadata }) => metadata.name);
  t.same(served(false), ['annotated', 'named']);
  t.same(served(true), ['annotated', 'named', 'none']);
  t.end();
});

void t.test('the older Ingress comes first', (t) => {
  const [young, old] = ['2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z'].map((creationTimestamp, i) =>
    ingressOf(`i${i}`, { ingressClassName: 'nginx' }, { creationTimestamp }),
  );
  t.same(ingressesOfClass([young!, old!], [], 'nginx'), [old, young]);
  t.end();
});

void t.test('rules lead to Services by port number or name; what is missing leads nowhere', (t) => {
  const paths = [
    { path: '/number', pathType: 'Prefix', backend: to('web') },
    { path: '/name', pathType: 'Exact', backend: to('web', { name: 'http' }) },
    { path: '/specific', pathType: 'ImplementationSpecific', backend: to('web') },
    { path: '/port', pathType: 'Prefix', backend: to('web', { number: 81 }) },
    { path: '/service', pathType: 'Prefix', backend: to('missing') },
  ];
  const routes = routesOf(ingressOf('i', { rules: [{ host: 'Shop.test', http: { paths } }] }), find);
  const key = 'ingress:shop/web:80';
  t.same(
    routes.map(({ host, path, pathType, backend }) => [host, path, pathType, backend]),
    [
      ['shop.test', '/number', 'Prefix', key],
      ['shop.test', '/name', 'Exact', key],
      ['shop.test', '/specific', 'Prefix', key],
      ['shop.test', '/port', 'Prefix', undefined],
      ['shop.test', '/service', 'Prefix', undefined],
    ],
  );
  t.end();
});

void t.test('the default backend answers for what no rule matches', (t) => {
  const rules = [{ host: 'shop.test', http: { paths: [{ path: '/api', pathType: 'Prefix', backend: to('api') }] } }];
  const router = createRouter(routesOf(ingressOf('i', { rules, defaultBackend: to('other') }), find));
  t.equal(router('shop.test', '/api')?.backend, 'ingress:shop/api:80');
  t.equal(router('shop.test', '/else')?.backend, 'ingress:shop/other:80');
  t.equal(router('elsewhere.test', '/api')?.backend, 'ingress:shop/other:80');
  t.end();
});

void t.test('annotations that are understood, and those that are not', (t) => {
  const annotated = (annotations: Record<string, string>) =>
    ingressOf('i', { defaultBackend: to('web'), tls: [] }, { annotations });
  const size = (text: string) =>
    routesOf(annotated({ 'nginx.ingress.kubernetes.io/proxy-body-size': text }), find)[0]?.bodyLimit;
  t.same([size('8m'), size('512K'), size('100'), size('0'), size('much')], [8 * 2 ** 20, 2 ** 19, 100, 0, 2 ** 20]);
  const timeout = annotated({ 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' });
  t.equal(routesOf(timeout, find)[0]?.readTimeoutMs, 3_600_000);
  t.same(unsupportedIn(timeout), []);
  const odd = annotated({
    'nginx.ingress.kubernetes.io/rewrite-target': '/',
    'nginx.ingress.kubernetes.io/proxy-body-size': 'much',
    'example.org/other': 'x',
  });
  t.same(unsupportedIn(odd), [
    'annotation nginx.ingress.kubernetes.io/rewrite-target is not supported',
    'annotation nginx.ingress.kubernetes.io/proxy-body-size is not a size',
  ]);
  t.match(unsupportedIn(ingressOf('i', { tls: [{ hosts: ['a.test'] }] })), [/spec\.tls/]);
  t.end();
});
