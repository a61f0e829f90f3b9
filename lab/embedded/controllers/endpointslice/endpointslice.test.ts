import t from 'tap';
import type { Pod, Service } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { createApiClient } from '../../api/in-process-client.ts';
import { startController } from '../runtime.ts';
import { updateStatus } from '../shared/write.ts';
import { eventually } from '../testing/test-cluster.ts';
import { endpointSliceController } from './controller.ts';

const namespace = 'default';

function start(t: { teardown(clean: () => void): void }): ApiClient {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: namespace } });
  client.create('nodes', { metadata: { name: 'w1', labels: { 'topology.kubernetes.io/zone': 'a' } } });
  t.teardown(startController(client, endpointSliceController(client)));
  return client;
}

function service(spec: Partial<Service['spec'] & {}> = {}): Service {
  return {
    metadata: { namespace, name: 'web', labels: { team: 'x' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}

let address = 0;

/** A running pod of Service web. */
function addPod(client: ApiClient, name: string, options: { port?: number; ready?: boolean; phase?: string } = {}) {
  const { port = 8080, ready = true, phase = 'Running' } = options;
  const containers = [{ name: 'main', image: 'web:1', ports: [{ name: 'http', containerPort: port }] }];
  const object: Pod = {
    metadata: { namespace, name, labels: { app: 'web' } },
    spec: { containers, nodeName: 'w1', hostname: name, subdomain: 'web', terminationGracePeriodSeconds: 30 },
  };
  const pod = client.create('pods', object);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return updateStatus(client, 'pods', pod, { phase, conditions, podIP: `127.42.1.${++address}` });
}

const slices = (client: ApiClient) => client.list('endpointslices', { namespace });
const endpoints = (client: ApiClient) => slices(client).flatMap((slice) => slice.endpoints);

void t.test('a Service has an endpoint for each running pod that it selects', async (t) => {
  const client = start(t);
  client.create('services', service());
  const pod = addPod(client, 'web-0');
  addPod(client, 'web-1', { ready: false });
  addPod(client, 'done', { phase: 'Succeeded' });
  await eventually('two endpoints', () => endpoints(client).length === 2);
  t.match(slices(client)[0], {
    addressType: 'IPv4',
    metadata: {
      name: /^web-\w{5}$/,
      labels: {
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        team: 'x',
      },
      ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: [pod.status!.podIP],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: 'web-0', uid: pod.metadata.uid },
        nodeName: 'w1',
        zone: 'a',
        hostname: 'web-0',
      },
      { conditions: { ready: false, serving: false } },
    ],
  });
});

void t.test('a terminating pod is not ready, but may still serve', async (t) => {
  const client = start(t);
  client.create('services', service());
  addPod(client, 'web-0');
  await eventually('one endpoint', () => endpoints(client).length === 1);
  client.delete('pods', namespace, 'web-0');
  const changed = await eventually('changed', () => endpoints(client).find(({ conditions }) => !conditions?.ready));
  t.strictSame(changed.conditions, { ready: false, serving: true, terminating: true });
  client.delete('pods', namespace, 'web-0', { gracePeriodSeconds: 0 });
  await eventually('empty', () => endpoints(client).length === 0);
  t.equal(slices(client).length, 1, 'the slice stays');
});

void t.test('a named port may be another number in each pod', async (t) => {
  const client = start(t);
  client.create('services', service());
  addPod(client, 'web-0', { port: 8080 });
  addPod(client, 'web-1', { port: 9090 });
  await eventually('two slices', () => slices(client).length === 2);
  t.strictSame(new Set(slices(client).map(({ ports }) => ports?.[0]?.port)), new Set([8080, 9090]));
});

void t.test('a change of one endpoint keeps the slice', async (t) => {
  const client = start(t);
  client.create('services', service());
  const pod = addPod(client, 'web-0');
  await eventually('ready', () => endpoints(client)[0]?.conditions?.ready);
  const { name } = slices(client)[0]!.metadata;
  updateStatus(client, 'pods', pod, { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] });
  await eventually('not ready', () => endpoints(client)[0]?.conditions?.ready === false);
  t.equal(slices(client)[0]!.metadata.name, name);
});

void t.test('publishNotReadyAddresses and headless Services', async (t) => {
  const client = start(t);
  client.create('services', service({ clusterIP: 'None', publishNotReadyAddresses: true }));
  addPod(client, 'web-0', { ready: false });
  await eventually('published', () => endpoints(client)[0]?.conditions?.ready);
  t.equal(slices(client)[0]!.metadata.labels!['service.kubernetes.io/headless'], '');
});

void t.test('no more than 100 endpoints to a slice', async (t) => {
  const client = start(t);
  client.create('services', service());
  for (let index = 0; index < 150; index++) addPod(client, `web-${index}`);
  await eventually('all', () => endpoints(client).length === 150);
  t.strictSame(new Set(slices(client).map((slice) => slice.endpoints.length)), new Set([100, 50]));
});

void t.test('a Service without a selector is left to whoever made it', async (t) => {
  const client = start(t);
  const { selector: _, ...spec } = service().spec!;
  client.create('services', { metadata: { namespace, name: 'external' }, spec });
  client.create('services', service());
  await eventually('the other is served', () => slices(client).length > 0);
  t.ok(slices(client).every(({ metadata }) => metadata.labels!['kubernetes.io/service-name'] === 'web'));
});
