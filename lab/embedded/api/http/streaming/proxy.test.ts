import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { NAMESPACE, startTestServer, TOKEN } from '../testing/test-server.ts';
import { splitTarget } from './proxy-target.ts';

/** Tells what it was asked. */
const backend = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response
      .writeHead(method === 'PUT' ? 418 : 200, { 'x-backend': 'yes' })
      .end(JSON.stringify({ method, url, headers, body }));
  });
}).listen(0, '127.0.0.1');
await once(backend, 'listening');
const { port } = backend.address() as AddressInfo;
const lab = await startTestServer(undefined, port);
t.teardown(async () => {
  await lab.close();
  backend.close();
});

const ROOT = `/api/v1/namespaces/${NAMESPACE}`;

void t.test('names of what to proxy to', async (t) => {
  t.same(splitTarget('web'), { scheme: 'http', name: 'web', port: '' });
  t.same(splitTarget('web:80'), { scheme: 'http', name: 'web', port: '80' });
  t.same(splitTarget('https:web:443'), { scheme: 'https', name: 'web', port: '443' });
  for (const text of ['ftp:web:21', 'a:b:c:d', ':80']) t.throws(() => splitTarget(text), { code: 400 });
});

void t.test('a request goes to the pod as it is, but for the token', async (t) => {
  const answer = await lab.call('POST', `${ROOT}/pods/web/proxy/a%20b/c?x=1`, {
    body: 'text',
    headers: { 'x-mine': 'y' },
  });
  t.match(answer, { code: 200, headers: { 'x-backend': 'yes' } });
  t.match(answer.json, {
    method: 'POST',
    url: '/a%20b/c?x=1',
    body: 'text',
    headers: { 'x-mine': 'y', 'x-forwarded-uri': `${ROOT}/pods/web/proxy/a%20b/c` },
  });
  t.notMatch(answer.text, TOKEN);
  t.equal((await lab.call('PUT', `${ROOT}/pods/web:${port}/proxy/`)).code, 418);
});

void t.test('a service is one of its ready endpoints', async (t) => {
  const { client } = lab;
  const ports = [{ name: 'http', port: 80 }];
  client.create('services', {
    metadata: { name: 's', namespace: NAMESPACE },
    spec: { ports, selector: { app: 'web' } },
  });
  const nobody = await lab.call('GET', `${ROOT}/services/s/proxy/`);
  t.match(nobody.json, { code: 503, reason: 'ServiceUnavailable', message: 'no endpoints available for service "s"' });
  client.create('endpointslices', {
    metadata: { name: 's-1', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 's' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: [
      { addresses: ['127.0.0.1'], conditions: { ready: true } },
      { addresses: ['127.0.0.2'], conditions: { ready: false } },
    ],
  });
  for (const name of ['s', 's:80', 's:http', 'http:s:http']) {
    t.match((await lab.call('GET', `${ROOT}/services/${name}/proxy/x`)).json, { url: '/x' }, name);
  }
  t.equal((await lab.call('GET', `${ROOT}/services/s:81/proxy/x`)).code, 503);
});

void t.test('relative links lead to the right place', async (t) => {
  const answer = await lab.call('GET', `${ROOT}/pods/web/proxy?x=1`);
  t.match(answer, { code: 301, headers: { location: `${ROOT}/pods/web/proxy/?x=1` } });
});

void t.test('nobody answers', async (t) => {
  const answer = await lab.call('GET', `${ROOT}/pods/web:1/proxy/`);
  t.match(answer.json, {
    code: 503,
    message: /^error trying to reach service: dial tcp 127\.0\.0\.1:1: connect: connection refused$/,
  });
  t.equal((await lab.call('GET', `${ROOT}/pods/missing/proxy/`)).code, 404);
});
