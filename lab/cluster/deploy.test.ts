/** The way onto a cluster and off it again, and what is told when the way is barred; on a real embedded cluster. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { projectPath } from '../project.ts';
import { EmbeddedProvider } from '../providers/embedded.ts';
import { Cluster } from './cluster.ts';
import { deploy } from './deploy.ts';
import { loadManifests, type Manifest } from './manifests.ts';
import { condition, NAMESPACE, RUN_LABEL } from './objects.ts';
import { undeploy } from './undeploy.ts';
import { waitFor, waitUntilReady } from './wait.ts';

const LIMIT_MS = 60_000;
const forever = new AbortController().signal;

// Not within the checkout: the database's user must be able to reach its files.
const directory = mkdtempSync(join(tmpdir(), 'log-lab-deploy-'));
const provider = new EmbeddedProvider(join(directory, 'lab'));
t.teardown(async () => {
  await provider.down({ deleteData: true, say: () => undefined });
  rmSync(directory, { recursive: true, force: true });
});
const access = await provider.up({ say: () => undefined, signal: forever });
const cluster = new Cluster(access.kubeconfig);
const manifests = await loadManifests(projectPath('manifests'));

const namespaced = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  namespace: NAMESPACE,
  name,
});
const runOf = async (kind: string, apiVersion: string, name: string) =>
  (await cluster.find(namespaced(apiVersion, kind, name)))?.metadata.labels?.[RUN_LABEL];

void t.test('everything carries the run, and only that is taken away', async (t) => {
  await deploy(cluster, manifests, undefined, () => undefined);
  await waitUntilReady(cluster, LIMIT_MS, forever);
  const run = await runOf('Deployment', 'apps/v1', 'log-processor');
  t.match(run, /^[0-9a-f]{12}$/);
  for (const { object } of manifests) {
    const { apiVersion, kind, metadata } = object;
    t.equal(await runOf(kind, apiVersion, metadata.name), run, `${kind} ${metadata.name}`);
  }
  const metadata = { name: 'mine', namespace: NAMESPACE };
  await cluster.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });

  t.equal(await undeploy(cluster, false), true);
  t.same(
    (await cluster.list('v1', 'Service', { namespace: NAMESPACE })).map((service) => service.metadata.name),
    ['mine'],
  );
  t.equal((await cluster.list('v1', 'PersistentVolumeClaim', { namespace: NAMESPACE })).length, 1, 'the data stays');
  t.equal(await undeploy(cluster, false), false, 'nothing is left to take away');

  await deploy(cluster, manifests, undefined, () => undefined);
  t.equal(await runOf('Service', 'v1', 'stats-display'), run, 'the lab that has left its data is the same');
});

async function allObstructed(): Promise<true | undefined> {
  const pods = await cluster.pods();
  const some = (test: (status: any) => boolean) =>
    pods.some((pod) => (pod.status?.containerStatuses ?? []).some((status: unknown) => test(status)));
  const met = [
    some(({ state }) => /^(ErrImage|ImagePull)/.test(state.waiting?.reason ?? '')),
    some(({ restartCount }) => restartCount > 0),
    pods.some((pod) => condition(pod, 'PodScheduled')?.status === 'False'),
  ];
  return met.every(Boolean) || undefined;
}

void t.test('a wait that ends says why each pod is not ready', async (t) => {
  const change = (name: string, edit: (spec: any) => void): Manifest[] =>
    manifests
      .filter(({ object }) => object.kind === 'Deployment' && object.metadata.name === name)
      .map((manifest) => {
        const object = structuredClone(manifest.object);
        edit(object.spec.template.spec);
        return { ...manifest, object };
      });
  const broken = [
    ...change('log-processor', (spec) => (spec.containers[0].image = 'log-lab/no-such-image:1')),
    ...change('log-generator', (spec) => (spec.nodeSelector = { disk: 'none' })),
    ...change('stats-display', (spec) => spec.containers[0].env.push({ name: 'PORT', value: 'no port' })),
  ];
  await deploy(cluster, broken, undefined, () => undefined);
  await waitFor('each has met its obstacle', LIMIT_MS, forever, allObstructed, async () => '');
  const error = await waitUntilReady(cluster, 0, forever).catch((reason: Error) => reason);
  const { message } = error as Error;
  t.match(message, /^the services are not ready: not within 0 s/);
  t.match(message, /pod log-processor-\S+: log-processor: (ErrImage|ImagePull)\w+/);
  t.match(message, /pod log-generator-\S+: Unschedulable: .*node/);
  t.match(message, /pod stats-display-\S+: .*\n(.*\n)*.*PORT/, 'the last lines of its log');
});

void t.test('with its data the lab goes altogether, and the namespace that it made', async (t) => {
  t.equal(await undeploy(cluster, true), true);
  t.equal(await cluster.find({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE }), undefined);

  const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await cluster.create(foreign);
  await deploy(cluster, manifests, undefined, () => undefined);
  await undeploy(cluster, true);
  t.ok(await cluster.find({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE }), 'somebody else’s stays');
  t.same(await cluster.list('v1', 'Secret', { namespace: NAMESPACE, labelSelector: RUN_LABEL }), []);
});
