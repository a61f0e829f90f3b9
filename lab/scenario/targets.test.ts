/** Entrances are tried in order, and the first that answers is taken for the rest of the run. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { Cluster } from '../cluster/cluster.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { Targets } from './targets.ts';

async function listen(t: Test, status = 200): Promise<{ port: number; hosts: string[] }> {
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host!);
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, hosts };
}

async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const LABELS = { 'app.kubernetes.io/name': 'log-processor' };

function service(name: string, port: object, address?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'log-lab' },
    spec: { selector: LABELS, ports: [port] },
    status: { loadBalancer: address === undefined ? {} : { ingress: [{ ip: address }] } },
  };
}

function node(name: string, labels: Record<string, string> = {}): KubeObject {
  const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status };
}

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'log-processor-1', namespace: 'log-lab', labels: LABELS },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};

/** Forwards to a pod by handing out `forwarded`. */
function clusterOf(objects: Record<string, KubeObject[]>, forwarded?: number) {
  const asked: unknown[] = [];
  let open = 0;
  const cluster = {
    list: async (_apiVersion: string, kind: string) => objects[kind] ?? [],
    forward: async (...args: unknown[]) => {
      asked.push(args);
      open += 1;
      return { host: '127.0.0.1', port: forwarded, close: async () => void (open -= 1) };
    },
  } as unknown as Cluster;
  return { cluster, asked, stillOpen: () => open };
}

void t.test('the load balancer address comes first, be it of another Service for the same pods', async (t) => {
  const { port } = await listen(t);
  const balanced = service('log-processor-lb', { port }, '127.0.0.1');
  const { cluster } = clusterOf({ Service: [service('log-processor', { port: 8080 }), balanced] });
  t.match(await new Targets(cluster, { patienceMs: 0 }).resolve('service/log-processor'), {
    host: '127.0.0.1',
    port,
    app: 'log-processor',
    balancing: 'per-connection',
    via: /^LoadBalancer address of Service log-processor-lb$/,
  });
});

void t.test('an address that nobody answers at gives way to a node port, the control plane’s first', async (t) => {
  const { port: nodePort } = await listen(t);
  const silent = service('log-processor', { port: await closedPort(), nodePort }, '127.0.0.1');
  const nodes = [node('w1'), node('cp', { 'node-role.kubernetes.io/control-plane': '' })];
  const { cluster } = clusterOf({ Service: [silent], Node: nodes });
  const { port, via } = await new Targets(cluster, { patienceMs: 0 }).resolve('service/log-processor');
  t.equal(port, nodePort);
  t.equal(via, `node port ${nodePort} of cp; no answer from: LoadBalancer address of Service log-processor`);
});

void t.test('a port-forward is the last resort, says what it costs, and ends with the run', async (t) => {
  const { port } = await listen(t);
  const plain = service('log-processor', { port: 80, targetPort: 'http' });
  const { cluster, asked, stillOpen } = clusterOf({ Service: [plain], Pod: [pod] }, port);
  const targets = new Targets(cluster, { patienceMs: 0 });
  const [first, second] = await Promise.all([1, 2].map(() => targets.resolve('service/log-processor')));
  t.equal(first, second);
  t.equal(first!.via, 'port-forward to a pod of Service log-processor, so that one pod takes everything');
  t.equal(first!.balancing, 'none');
  t.same(asked, [['log-processor-1', 8080, 'log-lab']]);
  await targets.close();
  t.equal(stillOpen(), 0);
});

void t.test('an ingress is asked for its host, and one with nobody behind it does not count', async (t) => {
  const away = await listen(t, 503);
  const ingress = {
    metadata: { name: 'log-process-service' },
    spec: {
      rules: [
        { host: 'lab.test', http: { paths: [{ path: '/logs', backend: { service: { name: 'log-processor' } } }] } },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '127.0.0.1', ports: [{ port: away.port }] }] } },
  } as unknown as KubeObject;
  const { port: nodePort } = await listen(t, 404);
  const controller = service('ingress-nginx-controller', { port: 80, nodePort });
  controller.metadata.namespace = 'ingress';
  controller.spec.selector = { 'app.kubernetes.io/name': 'ingress-nginx' };
  const { cluster } = clusterOf({ Ingress: [ingress], Service: [controller], Node: [node('w1')] });
  const found = await new Targets(cluster, { patienceMs: 0 }).resolve('ingress/logs');
  t.match(found, { port: nodePort, hostHeader: 'lab.test', app: 'log-processor', balancing: 'per-request' });
  t.same(away.hosts, ['lab.test']);
});

void t.test('when nothing answers, everything that was tried is named', async (t) => {
  const port = await closedPort();
  const { cluster } = clusterOf({ Service: [service('log-processor', { port }, '127.0.0.1')] });
  await t.rejects(new Targets(cluster, { patienceMs: 0 }).resolve('service/log-processor'), {
    message:
      'service/log-processor cannot be reached: nothing answers at: LoadBalancer address of Service log-processor, ' +
      'port-forward to a pod of Service log-processor',
  });
  await t.rejects(new Targets(cluster, { patienceMs: 0 }).resolve('service/other'), {
    message: /there is no Service "other"/,
  });
  await t.rejects(new Targets(cluster, { patienceMs: 0 }).resolve('ingress/logs'), {
    message: /no Ingress .* has a rule for \/logs/,
  });
});

void t.test('the best entrance is waited for a little', async (t) => {
  let asked = 0;
  const server = createServer((_request, response) => response.writeHead((asked += 1) < 3 ? 503 : 200).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { port: nodePort } = await listen(t);
  const { cluster } = clusterOf({
    Service: [service('log-processor', { port, nodePort }, '127.0.0.1')],
    Node: [node('w1')],
  });
  t.equal((await new Targets(cluster).resolve('service/log-processor')).port, port);
});
