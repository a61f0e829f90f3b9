import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import t from 'tap';
import { createApiClient } from '../api/in-process-client.ts';
import { addressPlan, claimAddressBlock } from './address-plan.ts';
import { startDns } from './dns.ts';
import { createPodNetwork } from './pod-network.ts';
import type { PodAttachment } from './network.ts';

const { block, release } = await claimAddressBlock();
const plan = addressPlan(block, 1);
const client = createApiClient({ serviceCidr: plan.serviceCidr });
const dns = await startDns({ client, domain: 'cluster.local', host: plan.dns });
const network = createPodNetwork({
  plan,
  directory: join(t.testdir(), 'network'),
  clusterDomain: 'cluster.local',
  nodeNames: ['cp'],
  namespaceOf: () => 'shop',
  dns: () => dns.address,
});
t.teardown(async () => {
  network.close();
  await dns.close();
  release();
});

let pods = 0;
const attach = (...containerPorts: number[]) =>
  network.attach({ uid: `pod-${pods++}`, nodeName: 'cp', containerPorts });

/** Runs a script as a pod would and returns what it printed, as JSON. */
async function inPod({ nodeArguments, env }: PodAttachment, script: string, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...nodeArguments, '--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`the pod printed nothing: ${errors}`);
  return JSON.parse(output);
}

const print = 'const print = (value) => process.stdout.write(JSON.stringify(value));';

async function echoServer(host: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => socket.end(`from ${socket.localAddress}`)).listen(0, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** A port that is free on every address, most likely. */
async function freePort(): Promise<number> {
  const { port, close } = await echoServer('0.0.0.0');
  close();
  return port;
}

void t.test('a server on all addresses listens on the pod’s own', async (t) => {
  const port = await freePort();
  const pod = await attach(port);
  const script = `${print}
    import net from 'node:net';
    const seen = [];
    for (const args of [[${port}], ['${port}', '0.0.0.0'], [{ port: ${port}, host: '::' }], [${port}, 5, () => {}], [0], []]) {
      const server = net.createServer();
      await new Promise((resolve, reject) => server.on('error', reject).on('listening', resolve).listen(...args));
      seen.push(server.address());
      await new Promise((resolve) => server.close(resolve));
    }
    print(seen);`;
  const seen = await inPod(pod, script);
  t.same(new Set(seen.map(({ address }: AddressInfo) => address)), new Set([pod.podIP]));
  t.same(
    seen.slice(0, 4).map((address: AddressInfo) => address.port),
    [port, port, port, port],
  );
});

void t.test('a server on an address of its choice, or on a pipe, is left alone', async (t) => {
  const pod = await attach(8080);
  const pipe = join(t.testdir(), 'pipe');
  const script = `${print}
    import net from 'node:net';
    const listen = (...args) => new Promise((resolve) => {
      const server = net.createServer().listen(...args, () => { resolve(server.address()); server.close(); });
    });
    print([await listen(0, '127.0.0.1'), await listen(${JSON.stringify(pipe)})]);`;
  const [address, path] = await inPod(pod, script);
  t.equal(address.address, '127.0.0.1');
  t.equal(path, pipe);
});

void t.test('localhost is the pod itself, on ports that it serves', async (t) => {
  const port = await freePort();
  const pod = await attach(port);
  const script = `${print}
    import http from 'node:http';
    const server = http.createServer((request, response) => response.end(request.socket.localAddress));
    await new Promise((resolve) => server.listen(${port}, resolve));
    const answers = [];
    for (const host of ['localhost', '127.0.0.1']) answers.push(await (await fetch('http://' + host + ':${port}/')).text());
    print(answers);
    server.close(); server.closeAllConnections();`;
  t.same(await inPod(pod, script), [pod.podIP, pod.podIP]);
});

void t.test('a port that cannot be bound is served and found elsewhere', async (t) => {
  const other = await echoServer('0.0.0.0');
  t.teardown(other.close);
  const [server, caller] = [await attach(other.port), await attach()];
  const serving = spawn(
    process.execPath,
    [
      ...server.nodeArguments,
      '-e',
      `require('node:net').createServer((s) => s.end('from the pod')).listen(${other.port}, '0.0.0.0', () => console.log('up'))`,
    ],
    { env: { ...process.env, ...server.env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.teardown(() => serving.kill());
  await once(serving.stdout, 'data');
  const script = `${print}
    import net from 'node:net';
    const read = (...args) => new Promise((resolve, reject) => {
      let text = '';
      net.connect(...args).on('data', (chunk) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
    });
    print([await read(${other.port}, '${server.podIP}'), await read({ port: ${other.port}, host: '${server.podIP}' })]);`;
  t.same(await inPod(caller, script), ['from the pod', 'from the pod']);
});

void t.test('names of Services resolve by the search list; a name’s port may be translated too', async (t) => {
  client.create('namespaces', { metadata: { name: 'shop' } });
  client.create('services', { metadata: { name: 'web', namespace: 'shop' }, spec: { ports: [{ port: 80 }] } });
  const { clusterIP = '' } = client.get('services', 'shop', 'web').spec ?? {};
  const real = await echoServer('127.0.0.1');
  t.teardown(real.close);
  network.translations.set(clusterIP, 80, { host: '127.0.0.1', port: real.port });
  t.teardown(() => network.translations.delete(clusterIP, 80));
  const script = `${print}
    import dns, { lookup } from 'node:dns';
    import { lookup as lookupPromise } from 'node:dns/promises';
    import net from 'node:net';
    import { promisify } from 'node:util';
    const find = (...args) => new Promise((resolve) =>
      lookup(...args, (error, address, family) => resolve(error ? error.code : [address, family])));
    const read = (host) => new Promise((resolve, reject) => {
      let text = '';
      const socket = net.connect(80, host).on('data', (chunk) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
      socket.write('early');
    });
    print({
      short: await find('web'),
      namespaced: await find('web.shop', { family: 4 }),
      full: await find('WEB.shop.svc.cluster.local'),
      absolute: await find('web.shop.svc.cluster.local.'),
      all: await find('web', { all: true }),
      six: await find('web', 6),
      cached: await find('web'),
      unknown: await find('none.shop.svc.cluster.local.'),
      promise: await dns.promises.lookup('web'),
      named: await lookupPromise('web', { all: true }),
      promisified: await promisify(lookup)('web'),
      address: await find('10.1.2.3'),
      localhost: (await find('localhost', 4))[0],
      read: await read('web'),
    });`;
  const found = await inPod(await attach(), script);
  t.match(found, {
    short: [clusterIP, 4],
    namespaced: [clusterIP, 4],
    full: [clusterIP, 4],
    absolute: [clusterIP, 4],
    all: [[{ address: clusterIP, family: 4 }], undefined],
    six: 'ENOTFOUND',
    cached: [clusterIP, 4],
    unknown: 'ENOTFOUND',
    promise: { address: clusterIP, family: 4 },
    named: [{ address: clusterIP, family: 4 }],
    promisified: { address: clusterIP, family: 4 },
    address: ['10.1.2.3', 4],
    localhost: '127.0.0.1',
    read: 'from 127.0.0.1',
  });
});

void t.test('a pod whose parent dies does not live on', async (t) => {
  const pod = await attach();
  const script = `
    const { spawn } = require('node:child_process');
    const pod = spawn(process.execPath, [...${JSON.stringify(pod.nodeArguments)}, '-e', 'setInterval(() => {}, 1000); console.log("up")'], {
      env: { ...process.env, ...${JSON.stringify(pod.env)}, LAB_PARENT_PID: String(process.pid) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    pod.stdout.once('data', () => console.log(pod.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  const deadline = performance.now() + 10_000;
  while (isAlive(Number(output)) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.notOk(isAlive(Number(output)));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

void t.test('outside a pod it changes nothing', async (t) => {
  const { nodeArguments } = await attach();
  const script = `${print}
    import net from 'node:net';
    const server = net.createServer().listen(0, '0.0.0.0', () => { print(server.address().address); server.close(); });`;
  t.equal(await inPod({ podIP: '', ports: new Map(), env: {}, nodeArguments }, script), '0.0.0.0');
});
