/** The watch against a scripted API: nothing is lost or doubled when watches end, expire or the server goes away. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Cluster } from './cluster.ts';

interface Pod {
  apiVersion: string;
  kind: string;
  metadata: { name: string; uid: string; resourceVersion: string };
}

/** An API server with nothing but pods, whose watches the test ends as it likes. */
class ScriptedApi {
  pods = new Map<string, Pod>();
  version = 1;
  watches = new Set<ServerResponse>();
  lists = 0;
  /** So many listings are refused. */
  refusals = 0;
  /** The versions that watches began from. */
  watchedFrom: string[] = [];
  server: Server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://x');
    response.setHeader('content-type', 'application/json');
    if (url.pathname === '/api/v1') {
      response.end(
        JSON.stringify({ kind: 'APIResourceList', resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] }),
      );
    } else if (url.searchParams.get('watch') !== null) {
      this.watchedFrom.push(url.searchParams.get('resourceVersion') ?? '');
      response.writeHead(200);
      response.flushHeaders();
      this.watches.add(response);
      response.on('close', () => this.watches.delete(response));
    } else if (this.refusals > 0) {
      this.refusals -= 1;
      response.writeHead(503).end(JSON.stringify({ kind: 'Status', code: 503 }));
    } else {
      this.lists += 1;
      const items = [...this.pods.values()];
      response.end(JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: String(this.version) }, items }));
    }
  });

  write(type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string): void {
    const uid = this.pods.get(name)?.metadata.uid ?? `${name}-${this.version}`;
    const metadata = { name, uid, resourceVersion: String(++this.version) };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata };
    if (type === 'DELETED') this.pods.delete(name);
    else this.pods.set(name, pod);
    this.send({ type, object: pod });
  }

  send(event: object): void {
    for (const response of this.watches) response.write(`${JSON.stringify(event)}\n`);
  }

  endWatches(): void {
    for (const response of this.watches) response.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await delay(5)) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
  }
}

void t.test('a watch that ends is taken up again without losing or doubling anything', async (t) => {
  const api = new ScriptedApi();
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  const directory = mkdtempSync(join(tmpdir(), 'watch-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const address = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
      'current-context': 'c',
    }),
  );
  const controller = new AbortController();
  t.teardown(() => {
    controller.abort();
    api.server.closeAllConnections();
    api.server.close();
    rmSync(directory, { recursive: true });
  });

  const seen: string[] = [];
  api.write('ADDED', 'a');
  await new Cluster(kubeconfig).watch(
    'v1',
    'Pod',
    {},
    ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
    controller.signal,
  );
  t.same(seen, ['ADDED a'], 'the first listing is delivered before watch() resolves');

  await until(() => api.watches.size === 1);
  api.write('ADDED', 'b');
  await until(() => seen.length === 2);

  // While no watch is under way, one pod changes, one goes, one comes.
  const lists = api.lists;
  api.endWatches();
  await until(() => api.watches.size === 0);
  api.write('MODIFIED', 'a');
  api.write('DELETED', 'b');
  api.write('ADDED', 'c');
  await until(() => seen.length === 5);
  t.same(seen.slice(2).toSorted(), ['ADDED c', 'DELETED b', 'MODIFIED a']);
  t.ok(api.lists > lists);

  // An event that was delivered by the listing comes again over the watch.
  await until(() => api.watches.size === 1);
  api.send({ type: 'ADDED', object: api.pods.get('c') });
  api.send({ type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: '99' } } });
  api.send({ type: 'ERROR', object: { kind: 'Status', code: 410 } });
  api.write('MODIFIED', 'c');
  await until(() => seen.length === 6);
  t.equal(seen[5], 'MODIFIED c');

  // From the version of the last listing a server would tell once more what this watch has told.
  api.refusals = 1;
  const version = String(api.version);
  api.endWatches();
  await until(() => api.watches.size === 0);
  await until(() => api.watches.size === 1);
  t.equal(api.watchedFrom.at(-1), version, 'while no listing succeeds nothing is watched');
  t.equal(api.refusals, 0);
});
