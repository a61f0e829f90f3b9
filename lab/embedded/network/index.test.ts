import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { EmbeddedSettings } from '../settings.ts';
import { createApiClient } from '../api/in-process-client.ts';
import { addressPlan, claimAddressBlock } from './address-plan.ts';
import { createNetwork, type Network } from './index.ts';
import { eventually } from './test-support/eventually.ts';

const { block, release } = await claimAddressBlock();
const plan = addressPlan(block, 3);
const client = createApiClient({ serviceCidr: plan.serviceCidr });

function settings(directory: string): EmbeddedSettings {
  return {
    labId: 'test',
    directory,
    projectDirectory: directory,
    addressBlock: block,
    token: 'token',
    kubernetesVersion: 'v1.35.0',
    nodes: ['cp', 'w1', 'w2'].map((name) => ({ name, role: 'worker', cpu: '4', memory: '8Gi', pods: 20 })),
    timing: {
      nodeStatusUpdateFrequencySeconds: 1,
      nodeMonitorPeriodSeconds: 1,
      nodeMonitorGracePeriodSeconds: 4,
      defaultTolerationSeconds: 5,
      crashLoopBackOffInitialSeconds: 1,
      crashLoopBackOffMaxSeconds: 5,
    },
    profile: 'test',
    ingressClass: 'nginx',
    clusterDomain: 'cluster.local',
  };
}

const server = createServer((request, response) => {
  response.end(`${request.headers.host} ${request.url}`);
});
let network: Network;

t.before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  network = createNetwork(settings(t.testdir()), client);
  client.create('namespaces', { metadata: { name: 'shop' } });
  for (const [index, name] of ['cp', 'w1', 'w2'].entries()) {
    client.create('nodes', { metadata: { name } });
    const node = client.get('nodes', undefined, name);
    const status = { addresses: [{ type: 'InternalIP', address: plan.node(index) }] };
    client.update('nodes', { ...node, status }, { subresource: 'status' });
  }
  await network.start();
});

t.teardown(async () => {
  await network.close();
  server.close();
  release();
});

/** A Service whose one endpoint is `server`. */
function createService(name: string, spec: object): void {
  client.create('services', { metadata: { name, namespace: 'shop' }, spec: { ports: [{ port: 8000 }], ...spec } });
  client.create('endpointslices', {
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: (server.address() as AddressInfo).port, protocol: 'TCP' }],
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  });
}

const text = async (url: string) => (await fetch(url)).text();
const eventsOf = (name: string) =>
  client.list('events', { namespace: 'shop' }).filter(({ involvedObject }) => involvedObject.name === name);

void t.test('the ingress controller is there as after an installation, and owns the first address', async (t) => {
  const service = await eventually(() => {
    const service = client.get('services', 'ingress-nginx', 'ingress-nginx-controller');
    return service.status?.loadBalancer?.ingress?.length ? service : undefined;
  });
  t.equal(service.status?.loadBalancer?.ingress?.[0]?.ip, plan.loadBalancerPool[0]);
  t.ok(client.find('ingressclasses', undefined, 'nginx'));
});

void t.test('a Service answers on its ClusterIP, on every node and on its LoadBalancer address', async (t) => {
  createService('web', { type: 'LoadBalancer' });
  const service = await eventually(() => {
    const service = client.get('services', 'shop', 'web');
    return service.status?.loadBalancer?.ingress?.length ? service : undefined;
  });
  const ip = service.status?.loadBalancer?.ingress?.[0]?.ip;
  t.equal(ip, plan.loadBalancerPool[1]);
  t.match(await text(`http://${ip}:8000/a`), /\/a$/);
  t.match(await text(`http://${service.spec?.clusterIP}:8000/b`), /\/b$/);
  for (const index of [0, 1, 2]) {
    t.match(await text(`http://${plan.node(index)}:${service.spec?.ports?.[0]?.nodePort}/c`), /\/c$/);
  }
});

void t.test('an address outside the pool is replaced, and an Event says so', async (t) => {
  createService('asks', { type: 'LoadBalancer', loadBalancerIP: '192.168.56.242' });
  await eventually(() => client.get('services', 'shop', 'asks').status?.loadBalancer?.ingress?.length);
  t.match(eventsOf('asks')[0]?.message, /192\.168\.56\.242 is not in this cluster's pool/);
});

void t.test('a LoadBalancer port that another program holds leaves the Service pending, with an Event', async (t) => {
  const other = createServer().listen(0, '0.0.0.0');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  createService('busy', { type: 'LoadBalancer', ports: [{ port }] });
  const warning = await eventually(() => eventsOf('busy').find(({ reason }) => reason === 'BindFailed'));
  t.match(warning.message, /another program listens on this port \(EADDRINUSE\)/);
  const service = client.get('services', 'shop', 'busy');
  t.notOk(service.status?.loadBalancer?.ingress?.length, 'pending');
  t.match(await text(`http://${plan.node(1)}:${service.spec?.ports?.[0]?.nodePort}/x`), /\/x$/, 'its nodePort works');
  const moved = network.network.resolve(service.spec?.clusterIP ?? '', port);
  t.not(moved.port, port, 'its ClusterIP is translated');
  t.match(await text(`http://${moved.host}:${moved.port}/y`), /\/y$/);
  other.close();
});

void t.test('an Ingress of the class is served, and says where', async (t) => {
  const backend = { service: { name: 'web', port: { number: 8000 } } };
  client.create('ingresses', {
    metadata: { name: 'site', namespace: 'shop' },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
  const point = await eventually(() => client.get('ingresses', 'shop', 'site').status?.loadBalancer?.ingress?.[0]);
  const base = `http://${point.ip}:${point.ports?.[0]?.port}`;
  const get = async (host: string) => {
    const { request } = await import('undici');
    const { statusCode, body } = await request(`${base}/list?x=1`, { headers: { host } });
    return [statusCode, await body.text()] as const;
  };
  t.same(await get('shop.test'), [200, 'shop.test /list?x=1']);
  t.equal((await get('other.test'))[0], 404);
});

void t.test('a Service that goes stops answering', async (t) => {
  const { clusterIP = '' } = client.get('services', 'shop', 'web').spec ?? {};
  client.delete('services', 'shop', 'web');
  const isRefused = () =>
    fetch(`http://${clusterIP}:8000/`).then(
      () => false,
      (error: Error) => (error.cause as { code?: string }).code === 'ECONNREFUSED',
    );
  t.ok(await eventually(isRefused));
});

void t.test('a data plane that dies is started again and configured as before', async (t) => {
  const before = await network.status();
  process.kill(before.dataPlanePid!, 'SIGKILL');
  const after = await eventually(async () => {
    const status = await network.status().catch(() => undefined);
    return status && status.dataPlanePid !== before.dataPlanePid && Object.keys(status.bindings).length > 0 && status;
  });
  t.same(Object.keys(after.bindings).sort(), Object.keys(before.bindings).sort());
});
