import t from 'tap';
import type { Node, Pod, PodSpec, Taint } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import { createApiClient } from '../api/in-process-client.ts';
import { eventually } from '../controllers/testing/test-cluster.ts';
import { updateStatus } from '../controllers/shared/write.ts';
import { startScheduler } from './index.ts';

const namespace = 'default';
const CONTROL_PLANE: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const HOSTNAME = 'kubernetes.io/hostname';

function start(t: { teardown(clean: () => void): void }): ApiClient {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: namespace } });
  const scheduler = startScheduler(client);
  t.teardown(() => scheduler.stop());
  return client;
}

function addNode(
  client: ApiClient,
  name: string,
  spec: NonNullable<Node['spec']> = {},
  labels: Record<string, string> = {},
): void {
  client.create('nodes', { metadata: { name, labels: { [HOSTNAME]: name, ...labels } }, spec });
  // New nodes are tainted as not ready until the node controller, which does not run here, has seen them.
  const body = { spec: { taints: spec.taints ?? null } };
  const node = client.patch('nodes', undefined, name, { type: 'merge', body });
  const allocatable = { cpu: '2', memory: '2Gi', pods: '10' };
  updateStatus(client, 'nodes', node, { ...node.status, capacity: allocatable, allocatable });
}

function addCluster(client: ApiClient): void {
  addNode(client, 'cp', { taints: [CONTROL_PLANE] });
  addNode(client, 'w1');
  addNode(client, 'w2');
}

function pod(name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = { app: 'web' }): Pod {
  return { metadata: { namespace, name, labels }, spec: { containers: [{ name: 'main', image: 'web:1' }], ...spec } };
}

const asking = (cpu: string): Partial<PodSpec> => ({
  containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu } } }],
});

const nodeOf = (client: ApiClient, name: string) => client.get('pods', namespace, name).spec!.nodeName;
const scheduled = (client: ApiClient, name: string) => eventually(`${name} has a node`, () => nodeOf(client, name));
const failure = (client: ApiClient, name: string) =>
  eventually(`${name} was refused`, () =>
    client.get('pods', namespace, name).status?.conditions?.find(({ reason }) => reason === 'Unschedulable'),
  );

/** Schedules pods one after another, and returns how many each node got. */
async function distribution(client: ApiClient, count: number, spec: Partial<PodSpec> = {}) {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    client.create('pods', pod(`web-${index}`, spec));
    const node = await scheduled(client, `web-${index}`);
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

void t.test('binds a pod and says so', async (t) => {
  const client = start(t);
  addCluster(client);
  client.create('pods', pod('web'));
  const node = await scheduled(client, 'web');
  t.ok(['w1', 'w2'].includes(node));
  const event = await eventually('event', () => client.list('events', { namespace })[0]);
  t.match(event, { reason: 'Scheduled', message: `Successfully assigned default/web to ${node}`, type: 'Normal' });
});

void t.test('without room, the message counts the reasons as kube-scheduler does', async (t) => {
  const client = start(t);
  addCluster(client);
  client.create('pods', pod('filler-1', { ...asking('1500m') }));
  client.create('pods', pod('filler-2', { ...asking('1500m') }));
  await scheduled(client, 'filler-1');
  await scheduled(client, 'filler-2');
  client.create('pods', pod('big', asking('1')));
  const message =
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), ' +
    '2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, ' +
    '2 No preemption victims found for incoming pod.';
  t.match(await failure(client, 'big'), { type: 'PodScheduled', status: 'False', message });
  const event = client.list('events', { namespace }).find(({ reason }) => reason === 'FailedScheduling');
  t.match(event, { message, type: 'Warning', reportingComponent: 'default-scheduler' });

  client.delete('pods', namespace, 'filler-1', { gracePeriodSeconds: 0 });
  t.ok(await scheduled(client, 'big'), 'room was made');
});

void t.test('says when there are no nodes, and takes the first that comes', async (t) => {
  const client = start(t);
  client.create('pods', pod('web'));
  t.match(await failure(client, 'web'), { message: 'no nodes available to schedule pods' });
  addNode(client, 'w1');
  t.equal(await scheduled(client, 'web'), 'w1');
});

void t.test('a heartbeat is no reason to try again', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  client.create('pods', pod('big', asking('4')));
  await failure(client, 'big');
  const before = client.list('events', { namespace })[0]!.count;
  const node = client.get('nodes', undefined, 'w1');
  const lastHeartbeatTime = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime };
  updateStatus(client, 'nodes', node, { ...node.status, conditions: [ready] });
  client.create('pods', pod('small'));
  await scheduled(client, 'small');
  t.equal(client.list('events', { namespace }).find(({ reason }) => reason === 'FailedScheduling')!.count, before);
});

void t.test('counts init containers, sidecars and overhead', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  const requests = (cpu: string) => ({ resources: { requests: { cpu } } });
  const spec = {
    initContainers: [
      { name: 'sidecar', image: 'x:1', restartPolicy: 'Always', ...requests('500m') },
      { name: 'init', image: 'x:1', ...requests('1500m') },
    ],
    containers: [{ name: 'main', image: 'x:1', ...requests('100m') }],
  };
  client.create('pods', pod('fits', spec));
  t.equal(await scheduled(client, 'fits'), 'w1');
  client.create('pods', pod('rest', asking('1m')));
  t.match(await failure(client, 'rest'), { message: /1 Insufficient cpu/ });
});

void t.test('cordons, node selectors, affinity and host ports', async (t) => {
  const client = start(t);
  addNode(client, 'w1', { unschedulable: true });
  addNode(client, 'w2', {}, { disk: 'ssd' });
  const port = { containerPort: 80, hostPort: 8080 };
  const containers = [{ name: 'main', image: 'web:1', ports: [port] }];
  client.create('pods', pod('first', { containers, nodeSelector: { disk: 'ssd' } }));
  t.equal(await scheduled(client, 'first'), 'w2');
  client.create('pods', pod('second', { containers }));
  t.match(await failure(client, 'second'), {
    message:
      /^0\/2 nodes are available: 1 node\(s\) didn't have free ports for the requested pod ports, 1 node\(s\) were unschedulable\./,
  });
  const requirement = { key: 'disk', operator: 'NotIn', values: ['ssd'] };
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [requirement] }] },
  };
  client.create('pods', pod('third', { affinity: { nodeAffinity } }));
  t.match(await failure(client, 'third'), { message: /1 node\(s\) didn't match Pod's node affinity\/selector/ });
  client.patch('nodes', undefined, 'w1', { type: 'merge', body: { spec: { unschedulable: null } } });
  t.equal(await scheduled(client, 'third'), 'w1');
});

void t.test('hard spreading counts a tainted node as an empty domain, unless taints are honoured', async (t) => {
  const spread = (nodeTaintsPolicy?: string): Partial<PodSpec> => ({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: HOSTNAME,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
        ...(nodeTaintsPolicy && { nodeTaintsPolicy }),
      },
    ],
  });
  const ignoring = start(t);
  addCluster(ignoring);
  await distribution(ignoring, 2, spread());
  ignoring.create('pods', pod('third', spread()));
  t.match(await failure(ignoring, 'third'), {
    message: /1 node\(s\) had untolerated taint\(s\), 2 node\(s\) didn't match pod topology spread constraints\./,
  });

  const honouring = start(t);
  addCluster(honouring);
  t.strictSame(await distribution(honouring, 6, spread('Honor')), { w1: 3, w2: 3 });
});

void t.test('a pod on its way out no longer counts for spreading', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  addNode(client, 'w2', { taints: [CONTROL_PLANE] });
  const labelSelector = { matchLabels: { app: 'web' } };
  const constraint = { maxSkew: 1, topologyKey: HOSTNAME, whenUnsatisfiable: 'DoNotSchedule', labelSelector };
  const spec = { topologySpreadConstraints: [constraint] };
  client.create('pods', pod('first', spec));
  t.equal(await scheduled(client, 'first'), 'w1');
  client.create('pods', pod('second', spec));
  await failure(client, 'second');
  client.delete('pods', namespace, 'first');
  t.ok(client.get('pods', namespace, 'first').metadata.deletionTimestamp, 'still there');
  t.equal(await scheduled(client, 'second'), 'w1');
});

void t.test('a pod keeps its place on a node while its volume is being made', async (t) => {
  const client = start(t);
  const names = ['w1', 'w2', 'w3', 'w4'];
  for (const name of names) addNode(client, name);
  client.create('storageclasses', {
    metadata: { name: 'slow' },
    provisioner: 'example.com/slow',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const resources = { requests: { storage: '1Gi' } };
  for (const name of names) {
    const spec = { storageClassName: 'slow', accessModes: ['ReadWriteOnce'], resources };
    client.create('persistentvolumeclaims', { metadata: { namespace, name }, spec });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: name } }];
    client.create('pods', pod(`for-${name}`, { ...asking('1500m'), volumes }));
  }
  const chosen = () =>
    client
      .list('persistentvolumeclaims', { namespace })
      .map(({ metadata }) => metadata.annotations?.['volume.kubernetes.io/selected-node']);
  await eventually('all chosen', () => chosen().every(Boolean));
  t.strictSame(new Set(chosen()), new Set(names), 'each another node');
  t.equal(nodeOf(client, 'for-w1'), undefined, 'not bound before its volume is');
});

void t.test('pods of one owner spread over nodes on their own', async (t) => {
  const client = start(t);
  addCluster(client);
  client.create('services', {
    metadata: { namespace, name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  t.strictSame(await distribution(client, 8), { w1: 4, w2: 4 });
});

void t.test('minDomains and matchLabelKeys', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  const constraint = {
    maxSkew: 1,
    topologyKey: HOSTNAME,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
    minDomains: 2,
    matchLabelKeys: ['version'],
  };
  const spec = { topologySpreadConstraints: [constraint] };
  client.create('pods', pod('a1', spec, { app: 'web', version: '1' }));
  t.equal(await scheduled(client, 'a1'), 'w1');
  client.create('pods', pod('a2', spec, { app: 'web', version: '1' }));
  t.ok(await failure(client, 'a2'), 'the domain that is missing counts as empty');
  client.create('pods', pod('b1', spec, { app: 'web', version: '2' }));
  t.equal(await scheduled(client, 'b1'), 'w1', 'another version is counted by itself');
});

void t.test('pod affinity and anti-affinity', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  addNode(client, 'w2');
  const term = (app: string) => ({ topologyKey: HOSTNAME, labelSelector: { matchLabels: { app } } });
  const required = (app: string) => ({ requiredDuringSchedulingIgnoredDuringExecution: [term(app)] });
  client.create('pods', pod('lonely-1', { affinity: { podAntiAffinity: required('lonely') } }, { app: 'lonely' }));
  const first = await scheduled(client, 'lonely-1');
  client.create('pods', pod('lonely-2', { affinity: { podAntiAffinity: required('lonely') } }, { app: 'lonely' }));
  t.not(await scheduled(client, 'lonely-2'), first);
  client.create('pods', pod('lonely-3', { affinity: { podAntiAffinity: required('lonely') } }, { app: 'lonely' }));
  t.match(await failure(client, 'lonely-3'), { message: /2 node\(s\) didn't match pod anti-affinity rules/ });
  client.create('pods', pod('shunned', {}, { app: 'lonely' }));
  t.match(await failure(client, 'shunned'), {
    message: /2 node\(s\) didn't satisfy existing pods anti-affinity rules/,
  });

  client.create('pods', pod('group-1', { affinity: { podAffinity: required('group') } }, { app: 'group' }));
  const node = await scheduled(client, 'group-1');
  for (const name of ['group-2', 'group-3', 'group-4']) {
    client.create('pods', pod(name, { affinity: { podAffinity: required('group') } }, { app: 'group' }));
    t.equal(await scheduled(client, name), node);
  }
  client.create('pods', pod('stranger', { affinity: { podAffinity: required('nobody') } }));
  t.match(await failure(client, 'stranger'), { message: /2 node\(s\) didn't match pod affinity rules/ });
});

void t.test('more important pods go first', async (t) => {
  const client = start(t);
  for (const [name, priority] of [
    ['low', 0],
    ['high', 1000],
  ] as const) {
    client.create('pods', pod(name, { ...asking('2'), priority }));
    await failure(client, name);
  }
  addNode(client, 'w1');
  t.equal(await scheduled(client, 'high'), 'w1');
  t.equal(nodeOf(client, 'low'), undefined);
});

void t.test('leaves pods of other schedulers and gated pods alone', async (t) => {
  const client = start(t);
  addNode(client, 'w1');
  client.create('pods', pod('other', { schedulerName: 'mine' }));
  client.create('pods', pod('gated', { schedulingGates: [{ name: 'example.com/wait' }] }));
  client.create('pods', pod('web'));
  await scheduled(client, 'web');
  t.equal(nodeOf(client, 'other'), undefined);
  t.equal(nodeOf(client, 'gated'), undefined);
});

void t.test('a pod that asks for something else is tried again', async (t) => {
  const client = start(t);
  addNode(client, 'cp', { taints: [CONTROL_PLANE] });
  client.create('pods', pod('web'));
  await failure(client, 'web');
  const tolerations = [...(client.get('pods', namespace, 'web').spec!.tolerations ?? []), { operator: 'Exists' }];
  client.patch('pods', namespace, 'web', { type: 'merge', body: { spec: { tolerations } } });
  t.equal(await scheduled(client, 'web'), 'cp');
});
