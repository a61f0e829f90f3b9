/** The kind provider against recorded programs: kind and a container engine are not on every machine. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { fakeBuildkit, writeArchive } from '../../images/testing.ts';
import { fakePrograms, type FakePrograms } from '../../testing/fake-programs.ts';
import { readYaml } from '../../yaml-file.ts';
import { loadClusterFile } from '../cluster-file.ts';
import { EmbeddedProvider } from '../embedded.ts';
import { KindProvider } from '../kind.ts';
import { providerNamed } from '../registry.ts';
import { kindConfiguration } from './cluster-config.ts';

const file = await loadClusterFile();
const { signal } = new AbortController();
const NODES = ['log-lab-control-plane', 'log-lab-worker', 'log-lab-worker2'];

const Strict = { additionalProperties: false };
const Patches = Type.Optional(Type.Array(Type.String()));

/** The part that can be used here of kind.x-k8s.io/v1alpha4. Source: kind, pkg/apis/config/v1alpha4/types.go. */
const KindClusterSchema = Type.Object(
  {
    kind: Type.Literal('Cluster'),
    apiVersion: Type.Literal('kind.x-k8s.io/v1alpha4'),
    name: Type.String({ pattern: '^[a-z0-9.-]+$' }),
    networking: Type.Object({ podSubnet: Type.String(), serviceSubnet: Type.String() }, Strict),
    kubeadmConfigPatches: Patches,
    nodes: Type.Array(
      Type.Object(
        {
          role: Type.Union([Type.Literal('control-plane'), Type.Literal('worker')]),
          image: Type.String(),
          kubeadmConfigPatches: Patches,
        },
        Strict,
      ),
    ),
  },
  Strict,
);

function configuration(profile: string): Static<typeof KindClusterSchema> {
  const text = kindConfiguration(file, file.timing.profiles[profile]!);
  return readYaml(KindClusterSchema, text, 'the configuration');
}

void t.test('one control plane and two workers of the pinned image', async (t) => {
  const { nodes, networking } = configuration('fast');
  t.same(
    nodes.map(({ role }) => role),
    ['control-plane', 'worker', 'worker'],
  );
  for (const { image } of nodes) t.match(image, /@sha256:/);
  t.same(networking, { podSubnet: file.network.podCidr, serviceSubnet: file.network.serviceCidr });
  const minor = file.kubernetesVersion.split('.').slice(0, 2).join('.');
  t.match(file.images.kindNode, `/node:${minor}.`, 'of the minor version of all other clusters');
});

void t.test('timing in patches that fit every kubeadm format', async (t) => {
  const [cluster, kubelet] = configuration('fast').kubeadmConfigPatches!.map((text) => parse(text) as unknown);
  t.same(cluster, {
    kind: 'ClusterConfiguration',
    apiServer: {
      extraArgs: { 'default-not-ready-toleration-seconds': '5', 'default-unreachable-toleration-seconds': '5' },
    },
    controllerManager: { extraArgs: { 'node-monitor-period': '1s', 'node-monitor-grace-period': '5s' } },
  });
  t.match(kubelet, { kind: 'KubeletConfiguration', nodeStatusUpdateFrequency: '1s' });
  t.notOk((kubelet as { apiVersion?: string }).apiVersion);
  const [, standard] = configuration('default').kubeadmConfigPatches!.map((text) => parse(text) as object);
  t.notOk('crashLoopBackOff' in standard!);
});

/** kind and docker that remember which nodes there are and run; the cluster's API is that of an embedded one. */
function programs(directory: string, kubeconfig: string): FakePrograms {
  const state = join(directory, 'state');
  const archive = join(directory, 'image.tar');
  writeArchive(directory, archive);
  return fakePrograms(
    join(directory, 'bin'),
    {
      kind: `case "$1 $2" in
        'get clusters') if [ -e '${state}' ]; then echo log-lab; else echo 'No kind clusters found.' >&2; fi ;;
        'get nodes') printf '%s\\n' ${NODES.join(' ')} ;;
        'create cluster')
          if [ -e '${directory}/refuse' ]; then echo 'ERROR: failed to create cluster: no space left' >&2; exit 1; fi
          echo ${NODES.join(' ')} >'${state}'; cp '${kubeconfig}' "$8" ;;
        'delete cluster') rm -f '${state}' ;;
        'load image-archive')
          if [ -e '${directory}/full' ]; then echo 'ERROR: failed to load image: no space left' >&2; exit 1; fi ;;
      esac`,
      docker: `case "$1" in
        inspect) if grep -qw "$4" '${state}'; then echo true; else echo false; fi ;;
        kill) sed -i "s/ $2\\$//" '${state}' ;;
        stop) : >'${state}' ;;
        start) echo ${NODES.join(' ')} >'${state}' ;;
        *) ${fakeBuildkit(archive)} ;;
      esac`,
    },
    ['sh', 'tar', 'cp', 'rm', 'grep', 'sed'],
  );
}

interface Lab {
  directory: string;
  provider: KindProvider;
  /** What was called, without what only asks. */
  changes: () => string[];
  said: string[];
}

async function lab(t: Test, options: { registry?: string } = {}): Promise<Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'lab-kind-'));
  const embedded = new EmbeddedProvider(join(directory, 'embedded'));
  const said: string[] = [];
  const { kubeconfig } = await embedded.up({ say: (line) => said.push(line), signal });
  const { path, calls } = programs(directory, kubeconfig);
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  t.teardown(async () => {
    process.env['PATH'] = before;
    await embedded.down({ deleteData: true, say: () => undefined });
    rmSync(directory, { recursive: true, force: true });
  });
  const changes = (): string[] =>
    calls()
      .filter(([program, verb]) => (program === 'kind' ? !/^(version|get)$/.test(verb!) : /^(kill|st.*)$/.test(verb!)))
      .map((words) => words.join(' '));
  return { directory, provider: new KindProvider(options, directory), changes, said };
}

void t.test('up, power, down and up again', async (t) => {
  const { directory, provider, changes, said } = await lab(t);
  const say = (line: string): void => void said.push(line);
  const files = join(directory, 'kind');
  const archives = ['log-generator', 'log-processor', 'stats-display', 'load-worker'].map((name) =>
    join(directory, 'images', `${name}.tar`),
  );
  const load = `kind load image-archive --name log-lab ${archives.join(' ')}`;

  t.equal(await provider.find(), undefined);
  t.same((await provider.status()).up, false);
  t.same(await provider.down({ deleteData: true, say }), { wasUp: false, forced: false });
  t.equal((await provider.up({ say, signal })).kubeconfig, join(files, 'kubeconfig'));
  t.same(changes(), [
    `kind create cluster --name log-lab --config ${files}/cluster.yaml --kubeconfig ${files}/kubeconfig --wait 300s`,
    load,
  ]);
  t.equal(
    readFileSync(join(files, 'cluster.yaml'), 'utf8'),
    kindConfiguration(file, file.timing.profiles[file.timing.profile]!),
  );
  t.match(said.join('\n'), /ok +nodes: 2 take pods/, 'checked as any cluster of a kubeconfig');
  t.notMatch(said.join('\n'), /images are not on/, 'which it was given a moment ago');
  t.match(await provider.timing(), { nodeMonitorGracePeriodSeconds: 5, source: 'timing profile fast' });
  t.ok(await provider.find());

  await provider.nodePower.stopNode('log-lab-worker2');
  t.match((await provider.status()).details, [/log-lab-worker: running, log-lab-worker2: stopped/]);
  await provider.nodePower.startNode('log-lab-worker2');
  t.same(changes(), ['docker kill log-lab-worker2', 'docker start log-lab-worker2']);

  await t.rejects(provider.up({ say, signal, profile: 'default' }), {
    name: 'UsageError',
    message: /made with timing profile fast/,
  });
  t.same(await provider.down({ deleteData: false, say }), { wasUp: true, forced: false });
  t.same(changes(), [`docker stop -t 20 ${NODES.join(' ')}`]);
  await provider.up({ say, signal });
  t.same(changes(), [`docker start ${NODES.join(' ')}`, load]);

  await provider.down({ deleteData: true, say });
  t.same(changes(), [`kind delete cluster --name log-lab --kubeconfig ${files}/kubeconfig`]);
  t.notOk(existsSync(files));
});

void t.test('with a registry nothing is built and nothing loaded', async (t) => {
  const { provider, changes, said } = await lab(t, { registry: 'localhost:5000/course' });
  const access = await provider.up({ say: (line) => said.push(line), signal });
  t.equal(access.registry, 'localhost:5000/course');
  t.match(changes(), [/^kind create/]);
  t.notMatch(said.join('\n'), /images/);
});

void t.test('a cluster that cannot be made: why, and nothing is left', async (t) => {
  const { directory, provider, changes } = await lab(t);
  writeFileSync(join(directory, 'refuse'), '');
  await t.rejects(provider.up({ say: () => undefined, signal }), {
    name: 'LabError',
    message: /kind create cluster .* ended with exit code 1:\nERROR: failed to create cluster: no space left/,
  });
  t.match(changes(), [/^kind create/, /^kind delete/]);
  t.notOk(existsSync(join(directory, 'kind')));
});

void t.test('images that cannot be loaded: a cluster made for them goes again', async (t) => {
  const { directory, provider, changes } = await lab(t);
  writeFileSync(join(directory, 'full'), '');
  await t.rejects(provider.up({ say: () => undefined, signal }), { message: /kind load .*no space left/s });
  t.match(changes(), [/^kind create/, /^kind load/, /^kind delete/]);
});

void t.test('images that cannot be built: no cluster is made', async (t) => {
  const { directory, provider, changes } = await lab(t);
  rmSync(join(directory, 'image.tar'));
  await t.rejects(provider.up({ say: () => undefined, signal }), { message: /log-generator.tar is no OCI archive/ });
  t.same(changes(), []);
});

void t.test('what is missing is said', async (t) => {
  const before = process.env['PATH'];
  const directory = mkdtempSync(join(tmpdir(), 'lab-kind-'));
  t.teardown(() => {
    process.env['PATH'] = before;
    rmSync(directory, { recursive: true, force: true });
  });
  const say = (): void => undefined;
  process.env['PATH'] = fakePrograms(join(directory, 'none'), {}).path;
  await t.rejects(
    new KindProvider({}, directory).up({ say, signal }),
    /no container engine answers: kind needs docker or podman/,
  );
  process.env['PATH'] = before;
  const { path, calls } = fakePrograms(join(directory, 'podman'), { podman: '' });
  process.env['PATH'] = path;
  await t.rejects(new KindProvider({}, directory).up({ say, signal }), {
    name: 'LabError',
    message: /kind is not installed; see docs\/real-kubernetes.md/,
  });
  t.same(calls(), [['podman', 'info']]);
});

void t.test('with podman the plug is pulled by a stop without patience, and kind is told', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lab-kind-'));
  const before = process.env['PATH'];
  const { path, calls } = fakePrograms(join(directory, 'bin'), {
    podman: '',
    kind: `echo "$KIND_EXPERIMENTAL_PROVIDER" >>'${directory}/engine'`,
  });
  process.env['PATH'] = path;
  t.teardown(() => {
    process.env['PATH'] = before;
    rmSync(directory, { recursive: true, force: true });
  });
  await new KindProvider({}, directory).nodePower.stopNode('log-lab-worker');
  t.same(calls().at(-1), ['podman', 'stop', '-t', '0', 'log-lab-worker']);
  t.equal(readFileSync(join(directory, 'engine'), 'utf8'), 'podman\n');
});

void t.test('options that it has no use for', async (t) => {
  t.equal(providerNamed('kind', { registry: 'a.example', context: undefined }).name, 'kind');
  t.throws(() => providerNamed('kind', { context: 'x', nodeStop: 'y' }), {
    name: 'UsageError',
    message: '--provider kind has no use for: context, nodeStop',
  });
  t.throws(() => providerNamed('embedded', { registry: 'a.example' }), /no use for: registry/);
  t.throws(() => providerNamed('knid'), /did you mean "kind"/);
});
