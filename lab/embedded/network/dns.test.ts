import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { decode, encode, streamDecode, streamEncode, type DecodedPacket, type RecordType } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { createApiClient } from '../api/in-process-client.ts';
import { addressPlan, claimAddressBlock } from './address-plan.ts';
import { startDns } from './dns.ts';

const { block, release } = await claimAddressBlock();
const plan = addressPlan(block, 1);
const client = createApiClient({ serviceCidr: plan.serviceCidr });
const dns = await startDns({ client, domain: 'cluster.local', host: plan.dns });
const resolver = new Resolver();
resolver.setServers([`${dns.address.host}:${dns.address.port}`]);

t.teardown(async () => {
  resolver.cancel();
  await dns.close();
  release();
});

const ip = (last: number) => `${plan.podRange(0).prefix}${last}`;
let clusterIP = '';

t.before(() => {
  client.create('namespaces', { metadata: { name: 'shop' } });
  const ports = [{ name: 'http', port: 80 }];
  const web = client.create('services', { metadata: { name: 'web', namespace: 'shop' }, spec: { ports } });
  clusterIP = web.spec?.clusterIP ?? '';
  client.create('services', { metadata: { name: 'db', namespace: 'shop' }, spec: { clusterIP: 'None', ports } });
  client.create('services', { metadata: { name: 'none', namespace: 'shop' }, spec: { clusterIP: 'None', ports } });
  client.create('services', {
    metadata: { name: 'away', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'example.org' },
  });
  const ready = { ready: true };
  const endpoints = [
    { addresses: [ip(5)], hostname: 'db-0', conditions: ready },
    { addresses: [ip(6)], hostname: 'db-1', conditions: ready },
    { addresses: [ip(7)], conditions: ready },
    { addresses: [ip(8)], hostname: 'db-3', conditions: { ready: false } },
  ];
  client.create('endpointslices', {
    metadata: { name: 'db-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints,
  });
});

/** The type lacks what the package decodes. */
type Answered = DecodedPacket & { rcode: string };

async function ask(name: string, type: RecordType, flags = 0): Promise<Answered> {
  const socket = createSocket('udp4');
  socket.send(encode({ type: 'query', id: 7, flags, questions: [{ type, name }] }), dns.address.port, dns.address.host);
  const [message] = await once(socket, 'message');
  socket.close();
  return decode(message) as Answered;
}

void t.test('a Service resolves to its ClusterIP, for five seconds', async (t) => {
  t.same(await resolver.resolve4('web.shop.svc.cluster.local', { ttl: true }), [{ address: clusterIP, ttl: 5 }]);
  const packet = await ask('Web.SHOP.svc.Cluster.local', 'A');
  t.equal(packet.answers?.[0]?.name, 'Web.SHOP.svc.Cluster.local', 'spelled as asked');
  t.ok(packet.flag_aa);
});

void t.test('a headless Service resolves to its ready pods, in changing order', async (t) => {
  const firsts = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const addresses = await resolver.resolve4('db.shop.svc.cluster.local');
    t.same([...addresses].sort(), [ip(5), ip(6), ip(7)]);
    firsts.add(addresses[0]!);
  }
  t.equal(firsts.size, 3);
});

void t.test('pods of a StatefulSet have names of their own', async (t) => {
  t.same(await resolver.resolve4('db-1.db.shop.svc.cluster.local'), [ip(6)]);
  t.same(await resolver.resolve4(`${ip(7).replaceAll('.', '-')}.db.shop.svc.cluster.local`), [ip(7)]);
  await t.rejects(resolver.resolve4('db-3.db.shop.svc.cluster.local'), { code: 'ENOTFOUND' }, 'not ready');
  t.same(await resolver.resolve4(`${ip(9).replaceAll('.', '-')}.shop.pod.cluster.local`), [ip(9)]);
});

void t.test('SRV of named ports', async (t) => {
  const [web] = await resolver.resolveSrv('_http._tcp.web.shop.svc.cluster.local');
  t.match(web, { name: 'web.shop.svc.cluster.local', port: 80 });
  const db = await resolver.resolveSrv('_http._tcp.db.shop.svc.cluster.local');
  t.same(
    db.map(({ name }) => name.split('.')[0]).toSorted((a, b) => (a! < b! ? -1 : 1)),
    [ip(7).replaceAll('.', '-'), 'db-0', 'db-1'],
  );
  t.ok(db.every(({ port }) => port === 8080));
  const packet = await ask('_http._tcp.web.shop.svc.cluster.local', 'SRV');
  t.match(packet.additionals, [{ type: 'A', data: clusterIP }], 'the addresses come along');
  await t.rejects(resolver.resolveSrv('_smtp._tcp.web.shop.svc.cluster.local'), { code: 'ENOTFOUND' });
});

void t.test('an ExternalName is an alias', async (t) => {
  t.match((await ask('away.shop.svc.cluster.local', 'A')).answers, [{ type: 'CNAME', data: 'example.org' }]);
});

void t.test('no such name, and no such record of a name that exists', async (t) => {
  const cases: [name: string, type: RecordType, rcode: string][] = [
    ['web.shop.svc.cluster.local', 'AAAA', 'NOERROR'],
    ['_tcp.web.shop.svc.cluster.local', 'A', 'NOERROR'],
    ['shop.svc.cluster.local', 'A', 'NOERROR'],
    ['svc.cluster.local', 'A', 'NOERROR'],
    ['cluster.local', 'A', 'NOERROR'],
    ['nothing.shop.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['none.shop.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['nowhere.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['web.nowhere.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['web.shop.cluster.local', 'A', 'NXDOMAIN'],
    ['example.org', 'A', 'REFUSED'],
    ['notcluster.local', 'A', 'REFUSED'],
  ];
  for (const [name, type, rcode] of cases) {
    const packet = await ask(name, type);
    t.equal(packet.rcode, rcode, `${name} ${type}`);
    t.same(packet.answers, []);
    if (rcode !== 'REFUSED') t.match(packet.authorities, [{ type: 'SOA', name: 'cluster.local', ttl: 5 }]);
  }
});

void t.test('what is too long for UDP comes by TCP', async (t) => {
  const endpoints = Array.from({ length: 60 }, (_, i) => ({ addresses: [ip(20 + i)], conditions: { ready: true } }));
  client.create('services', { metadata: { name: 'many', namespace: 'shop' }, spec: { clusterIP: 'None' } });
  client.create('endpointslices', {
    metadata: { name: 'many', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'many' } },
    addressType: 'IPv4',
    endpoints,
  });
  const udp = await ask('many.shop.svc.cluster.local', 'A');
  t.ok(udp.flag_tc);
  t.same(udp.answers, []);
  t.equal((await resolver.resolve4('many.shop.svc.cluster.local')).length, 60);

  const socket = connect(dns.address.port, dns.address.host);
  const query = streamEncode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'web.shop.svc.cluster.local' }] });
  socket.write(query.subarray(0, 5));
  socket.write(Buffer.concat([query.subarray(5), query]));
  let received = Buffer.alloc(0);
  while (received.length < 2 || received.length < 2 * (2 + received.readUInt16BE(0))) {
    const [chunk] = await once(socket, 'data');
    received = Buffer.concat([received, chunk]);
  }
  socket.destroy();
  t.match(streamDecode(received).answers, [{ data: clusterIP }]);
});

void t.test('an address that the machine does not have is replaced by 127.0.0.1', async (t) => {
  // 192.0.2.0/24 is reserved for documentation (RFC 5737).
  const elsewhere = await startDns({ client, domain: 'cluster.local', host: '192.0.2.1' });
  t.equal(elsewhere.address.host, '127.0.0.1');
  await elsewhere.close();
});

void t.test('garbage is not answered and does no harm', async (t) => {
  const socket = createSocket('udp4');
  socket.send(Buffer.from('garbage'), dns.address.port, dns.address.host);
  socket.send(encode({ type: 'response', id: 1, questions: [] }), dns.address.port, dns.address.host);
  t.same(await resolver.resolve4('web.shop.svc.cluster.local'), [clusterIP]);
  socket.close();
});
