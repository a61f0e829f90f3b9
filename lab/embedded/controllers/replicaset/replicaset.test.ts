import t from 'tap';
import type { PodStatus } from 'kubernetes-types/core/v1.js';
import { createApiClient } from '../../api/in-process-client.ts';
import { timestamp } from '../../api/metadata.ts';
import { startController } from '../runtime.ts';
import { isActive } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { eventually, template } from '../testing/test-cluster.ts';
import { replicaSetController } from './controller.ts';
import { podsToDelete } from './ranking.ts';

const namespace = 'default';

interface Traits {
  node?: string;
  phase?: string;
  ready?: boolean;
  /** Seconds for which it has been ready. */
  readyFor?: number;
  restarts?: number;
  /** Seconds since its creation. */
  age?: number;
  cost?: string;
}

function pod(name: string, traits: Traits = {}): StoredPod {
  const { node = 'w1', phase = 'Running', ready = true, readyFor = 100, restarts = 0, age = 200, cost } = traits;
  const lastTransitionTime = timestamp(-readyFor);
  const status: PodStatus = {
    phase,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }],
    containerStatuses: [{ name: 'main', image: 'x', imageID: '', ready, restartCount: restarts }],
  };
  const annotations = cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost };
  const creationTimestamp = timestamp(-age);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid: name, resourceVersion: '1', creationTimestamp, annotations },
    spec: { containers: [], ...(node && { nodeName: node }) },
    status,
  };
}

for (const [what, better, worse] of [
  ['without a node', {}, { node: '', phase: 'Pending', ready: false }],
  ['pending', {}, { phase: 'Pending', ready: false }],
  ['not ready', {}, { ready: false }],
  ['cheaper to delete', { cost: '10' }, { cost: '-1' }],
  ['ready for less time', { readyFor: 1000 }, { readyFor: 10 }],
  ['restarted more often', {}, { restarts: 3 }],
  ['younger', { age: 5000 }, { age: 100 }],
] as const) {
  void t.test(`the pod that is ${what} goes first`, (t) => {
    const pods = [pod('a-better', better), pod('b-worse', worse), pod('c-better', better)];
    t.strictSame(podsToDelete(pods, [], 1), [pods[1]]);
    t.end();
  });
}

void t.test('of a node that has many of them, one can go', (t) => {
  const pods = [pod('a', { node: 'w2' }), pod('b'), pod('c')];
  t.match(podsToDelete(pods, pods, 1), [{ spec: { nodeName: 'w1' } }]);
  t.strictSame(podsToDelete([pods[0]!], [...pods, pod('d', { node: 'w2' })], 0), []);
  t.end();
});

function start(t: { teardown(clean: () => void): void }) {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: namespace } });
  t.teardown(startController(client, replicaSetController(client), () => {}));
  const create = (name: string) => {
    const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web') };
    return client.create('replicasets', { metadata: { namespace, name }, spec });
  };
  const pods = () => client.list('pods', { namespace }).filter(isActive);
  return { client, create, pods };
}

void t.test('adopts pods that match, releases those that no longer do', async (t) => {
  const { client, create, pods } = start(t);
  const { metadata, spec } = template('web');
  client.create('pods', { metadata: { namespace, name: 'lonely', ...metadata }, spec });
  const replicaSet = create('web');
  await eventually('two pods', () => pods().length === 2);
  const owner = (name: string) => client.get('pods', namespace, name).metadata.ownerReferences?.[0]?.uid;
  t.equal(owner('lonely'), replicaSet.metadata.uid);
  client.patch('pods', namespace, 'lonely', { type: 'merge', body: { metadata: { labels: { app: 'debug' } } } });
  await eventually('replaced', () => pods().length === 3);
  t.equal(owner('lonely'), undefined);
});

void t.test('two replica sets with one selector do not fight', async (t) => {
  const { client, create, pods } = start(t);
  create('first');
  create('second');
  await eventually('four pods', () => pods().length === 4);
  await eventually('both settled', () =>
    client.list('replicasets', { namespace }).every(({ status }) => status?.replicas === 2),
  );
  t.equal(pods().length, 4);
});

void t.test('reports why it cannot create pods', async (t) => {
  const { client } = start(t);
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('web') };
  client.create('namespaces', {
    metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  client.create('replicasets', { metadata: { namespace: 'strict', name: 'web' }, spec });
  const condition = await eventually('failure', () =>
    client.get('replicasets', 'strict', 'web').status?.conditions?.find(({ type }) => type === 'ReplicaFailure'),
  );
  t.match(condition, { status: 'True', reason: 'FailedCreate', message: /violates PodSecurity/ });
  const event = client.list('events', { namespace: 'strict' }).find(({ reason }) => reason === 'FailedCreate');
  t.match(event?.message, /^Error creating: pods "web-/);
});
