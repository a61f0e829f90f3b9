import type { ServiceSpec } from 'kubernetes-types/core/v1.js';
import t from 'tap';
import { serviceOf, sliceOf } from '../test-support/objects.ts';
import { serviceListeners } from './service-listeners.ts';

const nodes = [
  { name: 'w1', address: '127.20.0.11' },
  { name: 'w2', address: '127.20.0.12' },
];
const slices = [
  sliceOf(
    'web',
    [{ port: 8080 }],
    [
      { addresses: ['127.20.1.2'], nodeName: 'w1' },
      { addresses: ['127.20.2.2'], nodeName: 'w2' },
    ],
  ),
];

function listenersOf(spec: ServiceSpec, loadBalancerIP?: string) {
  const around = { nodes, slices, loadBalancerIP, resolve: (host: string, port: number) => ({ host, port }) };
  const { listeners, backends } = serviceListeners(serviceOf('web', spec), around);
  const ids = (key: string) => backends[key]?.endpoints.map(({ id }) => id);
  const served = listeners.map(({ id, serves }) => [id, ...(serves === 'ingress' ? [] : (ids(serves.backend) ?? []))]);
  return { listeners, backends, served };
}

const BOTH = ['127.20.1.2:8080', '127.20.2.2:8080'];
const ports = [{ port: 80, nodePort: 30_080 }];

void t.test('every address of a Service leads to all its endpoints', (t) => {
  const { served, listeners } = listenersOf(
    { clusterIP: '127.20.96.7', type: 'LoadBalancer', ports },
    '127.20.200.241',
  );
  t.same(served, [
    ['127.20.96.7:80', ...BOTH],
    ['127.20.0.11:30080', ...BOTH],
    ['127.20.0.12:30080', ...BOTH],
    ['127.20.200.241:80', ...BOTH],
  ]);
  t.same(listeners[0]?.candidates, [
    { host: '127.20.96.7', port: 80 },
    { host: '127.20.96.7', port: 0 },
    { host: '127.0.0.1', port: 0 },
  ]);
  t.same(
    listeners[3]?.candidates.map(({ port }) => port),
    [80, 80],
    'outside nobody could find another port',
  );
  t.end();
});

void t.test('externalTrafficPolicy Local keeps traffic from outside on the node', (t) => {
  const { served } = listenersOf(
    { clusterIP: '127.20.96.7', type: 'LoadBalancer', ports, externalTrafficPolicy: 'Local' },
    '127.20.200.241',
  );
  t.same(served, [
    ['127.20.96.7:80', ...BOTH],
    ['127.20.0.11:30080', BOTH[0]],
    ['127.20.0.12:30080', BOTH[1]],
    ['127.20.200.241:80', BOTH[0]],
  ]);
  t.end();
});

void t.test('session affinity has Kubernetes’ default of three hours', (t) => {
  const spec: ServiceSpec = { clusterIP: '127.20.96.7', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' };
  t.equal(listenersOf(spec).backends['shop/web:80']?.affinitySeconds, 10_800);
  const sessionAffinityConfig = { clientIP: { timeoutSeconds: 5 } };
  t.equal(listenersOf({ ...spec, sessionAffinityConfig }).backends['shop/web:80']?.affinitySeconds, 5);
  t.end();
});

void t.test('nobody listens for headless and external Services, or for UDP', (t) => {
  t.same(listenersOf({ clusterIP: 'None', ports: [{ port: 80 }] }).served, []);
  t.same(listenersOf({ type: 'ExternalName', externalName: 'a.test', ports: [{ port: 80 }] }).served, []);
  t.same(listenersOf({ clusterIP: '127.20.96.7', ports: [{ port: 53, protocol: 'UDP' }] }).served, []);
  t.end();
});
