import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { addressPlan, claimAddressBlock } from './address-plan.ts';
import { probeBind, type Bind } from './bind.ts';
import { createPodNetwork } from './pod-network.ts';

const { block, release } = await claimAddressBlock();
t.teardown(release);
const plan = addressPlan(block, 2);

function createTestNetwork(directory: string, bind: Bind = probeBind) {
  return createPodNetwork({
    plan,
    directory,
    clusterDomain: 'cluster.local',
    nodeNames: ['cp', 'w1'],
    namespaceOf: () => 'shop',
    dns: () => ({ host: plan.dns, port: 53 }),
    bind,
  });
}

void t.test('a pod gets an address of its node and its port as declared', async (t) => {
  const network = createTestNetwork(t.testdir());
  const attachment = await network.attach({ uid: 'a', nodeName: 'w1', containerPorts: [8123] });
  t.ok(attachment.podIP.startsWith(plan.podRange(1).prefix));
  t.same(attachment.ports.get(8123), { host: attachment.podIP, port: 8123 });
  t.same(network.translations.entries(), {});
  t.match(attachment.env, {
    LAB_POD_IP: attachment.podIP,
    LAB_POD_PORTS: `8123=${attachment.podIP}:8123`,
    LAB_DNS: `${plan.dns}:53`,
    LAB_DNS_SEARCH: 'shop.svc.cluster.local svc.cluster.local cluster.local',
  });
  network.close();
});

void t.test('a sandbox that is made again gets another address', async (t) => {
  const network = createTestNetwork(t.testdir());
  const pod = { uid: 'a', nodeName: 'cp', containerPorts: [] };
  const first = await network.attach(pod);
  const second = await network.attach(pod);
  network.detach('a');
  const third = await network.attach(pod);
  t.equal(new Set([first.podIP, second.podIP, third.podIP]).size, 3);
  network.close();
});

void t.test('a port that another program holds on all addresses is translated', async (t) => {
  const other = createServer().listen(0, '0.0.0.0');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  const network = createTestNetwork(t.testdir());
  const { podIP, ports, env } = await network.attach({ uid: 'a', nodeName: 'cp', containerPorts: [port] });
  const real = ports.get(port)!;
  t.equal(real.host, podIP);
  t.not(real.port, port);
  await t.resolves(probeBind(real.host, real.port), 'can be bound');
  t.same(network.resolve(podIP, port), real);
  const file = () => JSON.parse(readFileSync(env['LAB_TRANSLATIONS']!, 'utf8'));
  t.same(file(), { [`${podIP}:${port}`]: `${real.host}:${real.port}` });
  network.detach('a');
  t.same(file(), {});
  network.close();
});

const bindOnlyLocalhost: Bind = (host, port) => {
  if (host === '127.0.0.1') return probeBind(host, port);
  return Promise.reject(Object.assign(new Error('no such address'), { code: 'EADDRNOTAVAIL' }));
};

void t.test('where only 127.0.0.1 exists, every pod is on a port of its own there', async (t) => {
  const network = createTestNetwork(t.testdir(), bindOnlyLocalhost);
  const a = await network.attach({ uid: 'a', nodeName: 'w1', containerPorts: [8080] });
  const b = await network.attach({ uid: 'b', nodeName: 'w1', containerPorts: [8080] });
  t.not(a.podIP, b.podIP);
  t.equal(a.ports.get(8080)?.host, '127.0.0.1');
  t.not(a.ports.get(8080)?.port, b.ports.get(8080)?.port);
  t.same(network.resolve(b.podIP, 8080), b.ports.get(8080));
  t.equal(a.env['LAB_POD_BIND'], '127.0.0.1');
  network.close();
});

void t.test('an unknown node is refused', async (t) => {
  const network = createTestNetwork(t.testdir());
  await t.rejects(network.attach({ uid: 'a', nodeName: 'w9', containerPorts: [] }), /no such node/);
  network.close();
});
