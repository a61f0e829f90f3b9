import { once } from 'node:events';
import t from 'tap';
import { jsonLines, NAMESPACE, startTestServer, TOKEN } from './testing/test-server.ts';

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const CONFIGMAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

const lab = await startTestServer({ status: () => ({ pods: 1 }), shutdown: () => shutdownAsked() });
const { call, client, agent } = lab;
let shutdownAsked: () => void = () => {};
t.teardown(() => lab.close());

void t.test('only who holds the token is let in, but for health and version', async (t) => {
  for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`]) {
    const { code, json } = await call('GET', PODS, { headers: { authorization } });
    t.equal(code, 401);
    t.match(json, { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized', code: 401 });
  }
  for (const path of ['/livez', '/readyz', '/healthz']) {
    t.match(await call('GET', path, { headers: { authorization: '' } }), { code: 200, text: 'ok' });
  }
  const version = await call('GET', '/version', { headers: { authorization: '' } });
  t.match(version.json, { major: '1', minor: '35', gitVersion: 'v1.35.0' });
});

void t.test('what there is not', async (t) => {
  t.match(await call('GET', '/nope'), { code: 404, text: '404 page not found\n' });
  t.match(await call('GET', '/apis/nope/v1/things'), { code: 404, text: '404 page not found\n' });
  const unknown = await call('GET', '/api/v1/foos');
  t.match(unknown.json, { reason: 'NotFound', message: 'the server could not find the requested resource' });
  const missing = await call('GET', `${PODS}/missing`);
  t.match(missing.json, {
    code: 404,
    message: 'pods "missing" not found',
    details: { name: 'missing', kind: 'pods' },
  });
});

void t.test('what is not allowed, not acceptable or not understood', async (t) => {
  const refusals: [string, string, object, object][] = [
    ['PUT', PODS, {}, { code: 405, reason: 'MethodNotAllowed' }],
    ['POST', '/api/v1/pods', { body: {} }, { code: 405 }],
    [
      'GET',
      PODS,
      { headers: { accept: 'application/vnd.kubernetes.protobuf' } },
      { code: 406, reason: 'NotAcceptable' },
    ],
    ['POST', PODS, { body: '<pod/>', headers: { 'content-type': 'text/xml' } }, { code: 415 }],
    ['PATCH', `${PODS}/web`, { body: '{}' }, { code: 415, reason: 'UnsupportedMediaType' }],
    ['POST', CONFIGMAPS, { body: `"${'x'.repeat(3 * 1024 * 1024)}"` }, { code: 413, reason: 'RequestEntityTooLarge' }],
    ['POST', CONFIGMAPS, { body: '{' }, { code: 400, reason: 'BadRequest' }],
    [
      'POST',
      CONFIGMAPS,
      { body: { kind: 'Secret', apiVersion: 'v1' } },
      { code: 400, message: /cannot be handled as a ConfigMap/ },
    ],
    ['POST', CONFIGMAPS, { body: { metadata: { namespace: 'default' } } }, { code: 400, message: /namespace/ }],
    [
      'POST',
      `${CONFIGMAPS}?dryRun=Some`,
      { body: { metadata: { name: 'x' } } },
      { code: 422, message: /dryRun: Unsupported value/ },
    ],
    ['GET', `${PODS}?limit=many`, {}, { code: 400, message: /invalid syntax/ }],
    ['GET', `${PODS}?resourceVersion=999999`, {}, { code: 504, message: /^Too large resource version: 999999/ }],
    ['GET', `${PODS}?resourceVersionMatch=Exact`, {}, { code: 422, reason: 'Invalid' }],
  ];
  for (const [method, path, options, expected] of refusals) {
    const answer = await call(method, path, options);
    t.match(answer.json, { kind: 'Status', status: 'Failure', ...expected }, `${method} ${path}`);
    t.equal(answer.code, answer.json.code);
  }
});

void t.test('an object from its creation to its end', async (t) => {
  const created = await call('POST', CONFIGMAPS, { body: { metadata: { name: 'life' }, data: { a: '1' } } });
  t.equal(created.code, 201);
  t.match(created.json, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace: NAMESPACE }, data: { a: '1' } });
  t.match(await call('POST', CONFIGMAPS, { body: { metadata: { name: 'life' } } }), { code: 409 });

  const path = `${CONFIGMAPS}/life`;
  const updated = await call('PUT', path, { body: { ...created.json, data: { a: '2' } } });
  t.match(updated.json, { data: { a: '2' } });
  const stale = await call('PUT', path, { body: { ...created.json, data: { a: '3' } } });
  t.match(stale.json, { code: 409, reason: 'Conflict', message: /the object has been modified/ });
  t.match(await call('PUT', path, { body: { metadata: { name: 'other' } } }), { code: 400 });

  const patched = await call('PATCH', path, {
    body: { data: { b: '1' } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  t.same(patched.json.data, { a: '2', b: '1' });

  const deleted = await call('DELETE', path);
  t.match(deleted.json, {
    status: 'Success',
    details: { name: 'life', kind: 'configmaps', uid: created.json.metadata.uid },
  });
  t.equal((await call('GET', path)).code, 404);
});

void t.test('bodies and answers may be YAML', async (t) => {
  const yaml = { 'content-type': 'application/yaml', accept: 'application/yaml' };
  const body = 'metadata:\n  name: yaml\ndata:\n  a: "1"\n';
  const { code, text, headers } = await call('POST', CONFIGMAPS, { body, headers: yaml });
  t.equal(code, 201);
  t.equal(headers['content-type'], 'application/yaml');
  t.match(text, /^kind: ConfigMap$/m);
  t.match(text, /^ {2}a: "1"$/m);
});

void t.test('a dry run leaves nothing behind', async (t) => {
  const body = { metadata: { name: 'dry' } };
  t.equal((await call('POST', `${CONFIGMAPS}?dryRun=All`, { body })).code, 201);
  t.equal((await call('GET', `${CONFIGMAPS}/dry`)).code, 404);
});

void t.test('lists, selected and in pages', async (t) => {
  for (const name of ['p1', 'p2', 'p3']) {
    client.create('configmaps', { metadata: { name, namespace: NAMESPACE, labels: { pages: 'yes' } } });
  }
  const all = await call('GET', `${CONFIGMAPS}?labelSelector=pages%3Dyes`);
  t.match(all.json, {
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: client.resourceVersion() },
  });
  t.same(
    all.json.items.map(({ kind, metadata }: any) => [kind, metadata.name]),
    [
      [undefined, 'p1'],
      [undefined, 'p2'],
      [undefined, 'p3'],
    ],
  );
  const first = await call('GET', `${CONFIGMAPS}?labelSelector=pages%3Dyes&limit=2`);
  t.equal(first.json.items.length, 2);
  const next = await call('GET', `${CONFIGMAPS}?limit=2&continue=${first.json.metadata.continue}`);
  t.same(
    next.json.items.map(({ metadata }: any) => metadata.name),
    ['p3'],
  );
  t.equal(next.json.metadata.continue, undefined);
  const one = await call('GET', `/api/v1/pods?fieldSelector=metadata.name%3Dweb`);
  t.equal(one.json.items.length, 1);
  const removed = await call('DELETE', `${CONFIGMAPS}?labelSelector=pages%3Dyes`);
  t.equal(removed.json.items.length, 3);
  t.same((await call('GET', `${CONFIGMAPS}?labelSelector=pages%3Dyes`)).json.items, []);
});

void t.test('tables for people, and metadata alone', async (t) => {
  const table = await call('GET', PODS, { headers: TABLE });
  t.match(table.json, {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: client.resourceVersion() },
    columnDefinitions: [{ name: 'Name', format: 'name', priority: 0 }],
    rows: [
      { cells: ['web', '1/1', 'Running', '0'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'web' } } },
    ],
  });
  t.equal(table.json.rows[0].object.spec, undefined);
  const bare = await call('GET', `${PODS}?includeObject=None`, { headers: TABLE });
  t.equal(bare.json.rows[0].object, undefined);
  const full = await call('GET', `${PODS}/web?includeObject=Object`, { headers: TABLE });
  t.match(full.json.rows[0].object, { kind: 'Pod', spec: { nodeName: 'w1' } });
  const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
  const metadata = await call('GET', PODS, { headers: { accept } });
  t.match(metadata.json, { kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata' }] });
  t.equal(metadata.json.items[0].spec, undefined);
});

void t.test('fields that a kind does not have are warned of', async (t) => {
  const body = { metadata: { name: 'warned' }, dta: {} };
  const { code, headers } = await call('POST', `${CONFIGMAPS}?fieldValidation=Warn`, { body });
  t.equal(code, 201);
  t.equal(headers['warning'], '299 - "unknown field \\"dta\\""');
  const strict = await call('POST', `${CONFIGMAPS}?fieldValidation=Strict`, { body });
  t.match(strict.json, { code: 400, message: /unknown field "dta"/ });
});

void t.test('the scale subresource', async (t) => {
  const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'd' } }, template };
  client.create('deployments', { metadata: { name: 'd', namespace: NAMESPACE }, spec });
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/d/scale`;
  const scale = await call('GET', path);
  t.match(scale.json, {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { selector: 'app=d' },
  });
  const updated = await call('PUT', path, { body: { ...scale.json, spec: { replicas: 3 } } });
  t.match(updated.json, { kind: 'Scale', spec: { replicas: 3 } });
  const headers = { 'content-type': 'application/merge-patch+json' };
  t.match((await call('PATCH', path, { body: { spec: { replicas: 4 } }, headers })).json, { spec: { replicas: 4 } });
  t.equal(client.get('deployments', NAMESPACE, 'd').spec?.replicas, 4);
  t.match((await call('PUT', path, { body: { ...scale.json, spec: { replicas: 5 } } })).json, { code: 409 });
  t.match((await call('PATCH', path, { body: { spec: { replicas: -1 } }, headers })).json, { code: 422 });
});

void t.test('binding and eviction', async (t) => {
  const containers = [{ name: 'c', image: 'i' }];
  client.create('pods', { metadata: { name: 'new', namespace: NAMESPACE }, spec: { containers } });
  const body = { target: { kind: 'Node', name: 'w1' } };
  t.match(await call('POST', `${PODS}/new/binding`, { body }), { code: 201 });
  t.equal(client.get('pods', NAMESPACE, 'new').spec?.nodeName, 'w1');
  t.match(await call('POST', `${PODS}/new/binding`, { body }), { code: 409 });
  t.match(await call('POST', `${PODS}/new/eviction`, { body: { deleteOptions: { gracePeriodSeconds: 0 } } }), {
    code: 201,
  });
  t.equal(client.find('pods', NAMESPACE, 'new'), undefined);
});

void t.test('discovery, in both forms', async (t) => {
  const groups = await call('GET', '/apis');
  t.ok(groups.json.groups.some(({ name }: any) => name === 'apps'));
  t.match((await call('GET', '/api')).json, { kind: 'APIVersions', versions: ['v1'] });
  t.match((await call('GET', '/apis/apps')).json, { kind: 'APIGroup', preferredVersion: { groupVersion: 'apps/v1' } });
  const list = await call('GET', '/apis/apps/v1');
  const scale = list.json.resources.find(({ name }: any) => name === 'deployments/scale');
  t.match(scale, { group: 'autoscaling', version: 'v1', kind: 'Scale', namespaced: true });
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const aggregated = await call('GET', '/apis', { headers: { accept } });
  t.equal(aggregated.headers['content-type'], 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  t.ok(aggregated.json.items.every(({ metadata }: any) => metadata.name !== ''));
  const again = await call('GET', '/apis', { headers: { accept, 'if-none-match': aggregated.headers['etag']! } });
  t.equal(again.code, 304);
});

void t.test('whoever asks may do everything', async (t) => {
  const body = { spec: { resourceAttributes: { verb: 'create', resource: 'pods' } } };
  const access = await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body });
  t.match(access.json, { kind: 'SelfSubjectAccessReview', spec: body.spec, status: { allowed: true } });
  const who = await call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {} });
  t.match(who.json, { status: { userInfo: { username: 'kubernetes-admin' } } });
  t.equal((await call('GET', '/apis/authentication.k8s.io/v1/selfsubjectreviews')).code, 405);
});

void t.test('logs', async (t) => {
  const answer = await call(
    'GET',
    `${PODS}/web/log?tailLines=5&timestamps=true&sinceSeconds=9&limitBytes=99&previous=true`,
  );
  t.match(answer, { code: 200, text: 'log of web\n' });
  t.match(agent.logOptions, {
    container: 'c',
    tailLines: 5,
    timestamps: true,
    sinceSeconds: 9,
    limitBytes: 99,
    previous: true,
  });
  t.match((await call('GET', `${PODS}/web/log?container=no`)).json, {
    message: 'container no is not valid for pod web',
  });
  t.match((await call('GET', `${PODS}/web/log?tailLines=-1`)).json, { code: 422 });
  const followed = await lab.open('GET', `${PODS}/web/log?follow=true`);
  t.equal(String((await once(followed, 'data'))[0]), 'log of web\n');
  agent.followed!.push('more\n');
  t.equal(String((await once(followed, 'data'))[0]), 'more\n');
  const ended = new Promise((resolve) => agent.followed!.once('close', resolve));
  followed.destroy();
  await ended;
});

void t.test('what only the lab needs', async (t) => {
  t.same((await call('GET', '/lab/v1/status')).json, { pods: 1 });
  t.equal((await call('POST', '/lab/v1/nodes/w1/power-off')).code, 200);
  t.notOk(agent.powered);
  t.equal((await call('POST', '/lab/v1/nodes/w1/power-on')).code, 200);
  t.ok(agent.powered);
  t.match((await call('POST', '/lab/v1/nodes/w9/power-off')).json, { code: 404, message: 'nodes "w9" not found' });
  t.equal((await call('GET', '/lab/v1/nodes/w1/power-off')).code, 405);
  t.equal((await call('GET', '/lab/v1/status', { headers: { authorization: '' } })).code, 401);
  const asked = new Promise<void>((resolve) => (shutdownAsked = resolve));
  t.equal((await call('POST', '/lab/v1/shutdown')).code, 200);
  await asked;
});

void t.test('a followed log and a watch end when the server closes', async (t) => {
  const other = await startTestServer();
  const watch = await other.open('GET', `${PODS}?watch=true`);
  const events = jsonLines(watch);
  t.match((await events.next()).value, { type: 'ADDED' });
  const log = await other.open('GET', `${PODS}/web/log?follow=true`);
  await once(log, 'data');
  const logEnded = new Promise((resolve) => log.on('error', () => {}).once('close', resolve));
  const begun = Date.now();
  await other.server.close();
  t.equal((await events.next()).done, true, 'a watch ends in good order');
  await logEnded;
  t.ok(Date.now() - begun < 1000);
});

void t.test('the same warning is given once', async (t) => {
  const body = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'idle' },
    spec: { podSelector: {} },
  };
  const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/idle?fieldManager=test';
  const contentType = { 'content-type': 'application/apply-patch+yaml' };
  const { headers } = await call('PATCH', path, { body, headers: contentType });
  t.equal(headers['warning'], '299 - "spec: has no effect in the embedded cluster"');
});
