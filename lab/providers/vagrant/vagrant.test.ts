import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parseAllDocuments, parse } from 'yaml';
import { loadClusterFile } from '../cluster-file.ts';
import { listing } from './bundle.ts';
import { initConfiguration, joinConfiguration, workerNodes } from './kubeadm-config.ts';
import { machineSettings } from './machine-settings.ts';
import { kustomizations } from './patches.ts';
import { runStages, summarise } from './stage.ts';
import { parseStatus } from './vagrant-command.ts';

const file = await loadClusterFile();
const { fast, default: standard } = file.timing.profiles;
const signal = new AbortController().signal;

function documents(text: string): Record<string, Record<string, unknown>> {
  const all = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
  return Object.fromEntries(all.map((document) => [document['kind'] as string, document]));
}

void t.test("kubeadm's configuration carries addresses, ranges and timing", async (t) => {
  const { InitConfiguration, ClusterConfiguration, KubeletConfiguration } = documents(initConfiguration(file, fast!));
  t.match(InitConfiguration, {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    localAPIEndpoint: { advertiseAddress: '192.168.56.10' },
    nodeRegistration: { name: 'cp', kubeletExtraArgs: [{ name: 'node-ip', value: '192.168.56.10' }] },
  });
  t.match(ClusterConfiguration, {
    kubernetesVersion: file.kubernetesVersion,
    networking: { podSubnet: file.network.podCidr, serviceSubnet: file.network.serviceCidr },
    controllerManager: { extraArgs: [{}, { name: 'node-monitor-grace-period', value: '5s' }] },
  });
  t.match(KubeletConfiguration, {
    nodeStatusUpdateFrequency: '1s',
    cgroupDriver: 'systemd',
    crashLoopBackOff: { maxContainerRestartPeriod: '10s' },
  });
});

void t.test("with Kubernetes' defaults nothing is set that kubelets do not allow", async (t) => {
  const { KubeletConfiguration } = documents(initConfiguration(file, standard!));
  t.notOk(KubeletConfiguration!['crashLoopBackOff']);
  t.notOk(KubeletConfiguration!['featureGates']);
});

void t.test('overrides are merged by kind', async (t) => {
  const overrides = {
    KubeletConfiguration: { failCgroupV1: false },
    JoinConfiguration: { nodeRegistration: { taints: [] } },
  };
  t.match(documents(initConfiguration(file, fast!, overrides))['KubeletConfiguration'], {
    failCgroupV1: false,
    cgroupDriver: 'systemd',
  });
  const secrets = { token: 'abcdef.0123456789abcdef', caCertHash: 'sha256:00' };
  const join = documents(joinConfiguration(file, workerNodes(file)[1]!, secrets, overrides))['JoinConfiguration'];
  t.match(join, {
    discovery: { bootstrapToken: { apiServerEndpoint: '192.168.56.10:6443', token: secrets.token } },
    nodeRegistration: { name: 'w2', taints: [], kubeletExtraArgs: [{ value: '192.168.56.12' }] },
  });
});

void t.test('settings survive the shell', async (t) => {
  const odd = { ...file, storageClass: `it's "$HOME" \`x\`` };
  const script = `${machineSettings(odd, { withBundle: true })}\nprintf '%s|%s|%s' "$STORAGE_CLASS" "$WITH_BUNDLE" "$NODE_HOSTS"`;
  const output = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
  t.equal(output, `${odd.storageClass}|yes|192.168.56.10 cp\n192.168.56.11 w1\n192.168.56.12 w2`);
});

void t.test('the repository is of the minor version that is installed', async (t) => {
  t.match(machineSettings(file, { withBundle: false }), /core:\/stable:\/v1\.35\/deb\//);
});

void t.test('another ingress class renames the class and tells the controller', async (t) => {
  const other = { ...file, network: { ...file.network, ingressClass: 'lab' } };
  const text = kustomizations(other, fast!)['ingress-nginx/kustomization.yaml']!;
  t.match(text, /--ingress-class=lab/);
  t.notMatch(kustomizations(file, fast!)['ingress-nginx/kustomization.yaml']!, /--ingress-class/);
});

void t.test('every kustomization is YAML with its upstream file', async (t) => {
  for (const [path, text] of Object.entries(kustomizations(file, fast!))) {
    if (!path.endsWith('kustomization.yaml')) continue;
    t.match(parse(text), {
      kind: 'Kustomization',
      resources: [path.startsWith('metallb-pool') ? 'pool.yaml' : 'upstream.yaml'],
    });
  }
});

void t.test('states of machines', async (t) => {
  const output = `1795437613,cp,metadata,provider,virtualbox
1795437613,cp,provider-name,virtualbox
1795437613,cp,state,running
1795437613,w1,state,poweroff
1795437613,,ui,info,Current machine states
`;
  t.same(
    [...parseStatus(output, 'state')],
    [
      ['cp', 'running'],
      ['w1', 'poweroff'],
    ],
  );
});

void t.test('a stage that fails is named, with the end of its log', async (t) => {
  const logDirectory = mkdtempSync(join(tmpdir(), 'lab-stages-'));
  t.teardown(() => rmSync(logDirectory, { recursive: true }));
  const said: string[] = [];
  const ran: string[] = [];
  const stages = [
    {
      name: 'first',
      run: async (options: (machine?: string) => { log: (text: string) => void }) => {
        options('cp').log('ok       a\nchanged  b\n');
      },
    },
    {
      name: 'second',
      run: async (options: (machine?: string) => { log: (text: string) => void }) => {
        options('w1').log('the reason\n');
        throw new Error('exit code 7 on w1');
      },
    },
    { name: 'third', run: async () => void ran.push('third') },
  ];
  const failure = runStages(stages, { say: (line) => said.push(line), signal, logDirectory });
  await t.rejects(failure, {
    name: 'LabError',
    message: /stage "second" failed: exit code 7 on w1[^]*w1  \| the reason/,
  });
  t.same(ran, []);
  t.match(said, [/first .* 1 changed, 1 ok/]);
  t.equal(readFileSync(join(logDirectory, 'first.log'), 'utf8'), 'cp  | ok       a\ncp  | changed  b\n');
});

void t.test('steps are counted by their first word', async (t) => {
  t.equal(summarise('cp  | ok       a\nw1  | changed  b\nw1  | it changed  nothing\nok       c\n'), '1 changed, 2 ok');
  t.equal(summarise('nothing of the kind'), '');
});

void t.test('a bundle is whole or said not to be', async (t) => {
  const bundle = mkdtempSync(join(tmpdir(), 'lab-bundle-'));
  t.teardown(() => rmSync(bundle, { recursive: true }));
  mkdirSync(join(bundle, 'packages'));
  writeFileSync(join(bundle, 'packages', 'a.deb'), 'abc');
  const sha256 = createHash('sha256').update('abc').digest('hex');
  writeFileSync(join(bundle, 'SHA256SUMS'), `${sha256}  packages/a.deb\n`);
  t.match(await listing(bundle), [new RegExp(`3 {2}${sha256} {2}packages/a.deb`)]);
  t.equal(statSync(join(bundle, 'packages', 'a.deb')).size, 3);
  writeFileSync(join(bundle, 'packages', 'a.deb'), 'abd');
  await t.rejects(listing(bundle), { message: /damaged.*packages\/a\.deb/ });
});
