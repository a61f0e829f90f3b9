import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { Cluster } from '../cluster/cluster.ts';
import { startClock } from './clock.ts';
import { followCounters } from './counters-follower.ts';

const POD = {
  metadata: { name: 'dead', labels: { 'app.kubernetes.io/name': 'app' } },
  spec: { nodeName: 'w1', containers: [{ ports: [{ containerPort: 8080 }] }] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};
const PODS = { kind: 'APIResourceList', resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] };

void t.test('a question to a pod that is silent ends with the follower', async (t) => {
  let asked = (_response: ServerResponse): void => undefined;
  const question = new Promise<ServerResponse>((resolve) => (asked = resolve));
  const server = createServer((request, response) => {
    if (request.url!.includes('/proxy/metrics')) return asked(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/api/v1' ? PODS : { items: [POD] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const directory = mkdtempSync(join(tmpdir(), 'counters-'));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
      'current-context': 'c',
    }),
  );

  const follower = followCounters(new Cluster(kubeconfig), ['app'], startClock());
  const response = await question;
  const closed = once(response, 'close');
  t.same(follower.stop(), []);
  await closed;
});
