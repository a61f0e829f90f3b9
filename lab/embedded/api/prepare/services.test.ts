import t from 'tap';
import { failureOf, newApi } from '../test-support.ts';
import type { Kinds } from '../types.ts';

const service = (name: string, spec: object = {}): Kinds['services'] => ({
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
});

void t.test('a Service gets an address of the range, and keeps it', async (t) => {
  const api = newApi();
  const created = api.create('services', service('a'));
  t.match(created.spec, {
    clusterIP: '127.42.97.0',
    clusterIPs: ['127.42.97.0'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
  });
  t.equal(api.update('services', service('a')), created, 'applying the manifest again changes nothing');
  const moved = service('a', { clusterIP: '127.42.97.9' });
  t.equal(
    failureOf(() => api.update('services', moved)).message,
    'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["127.42.97.9"]: may not change once set',
  );
});

void t.test('addresses that are asked for', async (t) => {
  const api = newApi();
  api.create('services', service('a', { clusterIP: '127.42.96.10' }));
  const message = (clusterIP: string): string =>
    failureOf(() => api.create('services', service('b', { clusterIP }))).message;
  t.equal(
    message('127.42.96.10'),
    'Service "b" is invalid: spec.clusterIPs: Invalid value: ["127.42.96.10"]: failed to allocate IP 127.42.96.10: provided IP is already allocated',
  );
  t.equal(
    message('1.2.3.4'),
    'Service "b" is invalid: spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range',
  );
  api.delete('services', 'default', 'a');
  t.equal(api.create('services', service('b', { clusterIP: '127.42.96.10' })).spec?.clusterIP, '127.42.96.10');
});

void t.test('a small range runs out, and a deletion makes room', async (t) => {
  const api = newApi({ serviceCidr: '127.42.96.0/29' });
  for (let count = 0; count < 6; count++) api.create('services', service(`s${count}`));
  t.match(
    failureOf(() => api.create('services', service('more'))).message,
    /failed to allocate a serviceIP: range is full/,
  );
  const freed = api.delete('services', 'default', 's3').spec?.clusterIP;
  t.equal(api.create('services', service('more')).spec?.clusterIP, freed);
});

void t.test('headless Services and external names have no address', async (t) => {
  const api = newApi();
  t.match(api.create('services', service('a', { clusterIP: 'None' })).spec, {
    clusterIP: 'None',
    clusterIPs: ['None'],
  });
  const external = service('b', { type: 'ExternalName', externalName: 'example.com' });
  t.equal(api.create('services', external).spec?.clusterIP, undefined);
});

void t.test('node ports are given where the machine has them free, and go with the type', async (t) => {
  const api = newApi({ nodePortFree: (port) => port > 30_100 });
  const created = api.create('services', service('a', { type: 'LoadBalancer' }));
  t.equal(created.spec?.ports?.[0]?.nodePort, 30_101);
  t.match(created.spec, { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true });
  t.equal(
    failureOf(() => api.create('services', service('b', { type: 'NodePort', ports: [{ port: 1, nodePort: 30_101 }] })))
      .message,
    'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30101: provided port is already allocated',
  );
  const more = service('a', {
    type: 'LoadBalancer',
    ports: [
      { port: 81, name: 'b' },
      { port: 80, name: 'a' },
    ],
  });
  t.same(
    api.update('services', more).spec?.ports?.map(({ nodePort }) => nodePort),
    [30_102, 30_101],
  );
  const body = { spec: { type: 'ClusterIP' } };
  const plain = api.patch('services', 'default', 'a', { type: 'merge', body }).spec;
  t.same(
    plain?.ports?.map(({ nodePort }) => nodePort),
    [undefined, undefined],
  );
  t.equal(plain?.externalTrafficPolicy, undefined);
  t.equal(plain?.clusterIP, created.spec?.clusterIP);
});
