/** From machines that answer by ssh to a cluster: the stages of provisioning, in order. */
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '../../exit-codes.ts';
import { projectPath } from '../../project.ts';
import type { ClusterFile, TimingProfile } from '../cluster-file.ts';
import {
  controlPlaneNode,
  initConfiguration,
  joinConfiguration,
  workerNodes,
  type JoinSecrets,
  type Overrides,
} from './kubeadm-config.ts';
import { Machine, REMOTE_DIRECTORY, type RunOptions } from './machine.ts';
import { machineSettings } from './machine-settings.ts';
import { kustomizations } from './patches.ts';
import { buildServiceImages } from './service-images.ts';
import type { Stage } from './stage.ts';

export interface Provisioning {
  file: ClusterFile;
  timing: TimingProfile;
  /** File as `vagrant ssh-config` writes it. */
  sshConfig: string;
  /** What is uploaded is put together here. */
  directory: string;
  /** Where the administrator's kubeconfig goes. */
  kubeconfig: string;
  /** Directory made by lab:bundle: nothing is downloaded then. */
  bundle?: string | undefined;
  overrides?: Overrides | undefined;
}

type Options = (machine?: string) => RunOptions;

export function provisioningStages(settings: Provisioning): Stage[] {
  const { file } = settings;
  const machines = file.nodes.map((node) => new Machine(node.name, settings.sshConfig));
  const controlPlane = new Machine(controlPlaneNode(file).name, settings.sshConfig);
  const everywhere =
    (script: string, ...args: string[]) =>
    async (options: Options): Promise<void> => {
      await Promise.all(machines.map((machine) => machine.script(script, args, options(machine.name))));
    };
  const onControlPlane = (script: string) => async (options: Options) => {
    await controlPlane.script(script, [], options(controlPlane.name));
  };
  const stages: Stage[] = [
    { name: 'upload', run: (options) => upload(settings, machines, options) },
    { name: 'system', run: everywhere('system.sh') },
    { name: 'packages', run: everywhere('packages.sh') },
    { name: 'containerd', run: everywhere('containerd.sh') },
    ...(settings.bundle === undefined
      ? []
      : [{ name: 'images', run: everywhere('images.sh', `${REMOTE_DIRECTORY}/bundle/images`) }]),
    { name: 'control-plane', run: onControlPlane('control-plane.sh') },
    { name: 'kubeconfig', run: (options) => fetchKubeconfig(settings, controlPlane, options) },
    { name: 'workers', run: (options) => joinWorkers(settings, controlPlane, options) },
    { name: 'network', run: onControlPlane('network.sh') },
    { name: 'nodes', run: onControlPlane('nodes.sh') },
    { name: 'metallb', run: onControlPlane('metallb.sh') },
    { name: 'storage', run: onControlPlane('storage.sh') },
    { name: 'ingress', run: onControlPlane('ingress.sh') },
    { name: 'services', run: (options) => buildServiceImages(settings, controlPlane, machines, options) },
  ];
  return stages;
}

/** Scripts, settings, kubeadm's configuration, patches, and the bundle if the machine does not have it yet. */
async function upload(settings: Provisioning, machines: readonly Machine[], options: Options): Promise<void> {
  const { file, timing, directory, bundle } = settings;
  const staging = join(directory, 'upload');
  await rm(staging, { recursive: true, force: true });
  await writeFiles(staging, {
    'settings.env': machineSettings(file, { withBundle: bundle !== undefined }),
    'kubeadm-init.yaml': initConfiguration(file, timing, settings.overrides),
    ...prefixed('manifests/', kustomizations(file, timing)),
  });
  const tests = projectPath('provision', 'test');
  await cp(projectPath('provision'), join(staging, 'provision'), { recursive: true, filter: (path) => path !== tests });
  await Promise.all(machines.map((machine) => uploadTo(machine, staging, bundle, options(machine.name))));
}

/** What is there already and the same is left alone, and upstream's manifests stay beside the patches. */
async function uploadTo(
  machine: Machine,
  staging: string,
  bundle: string | undefined,
  options: RunOptions,
): Promise<void> {
  const incoming = `${REMOTE_DIRECTORY}.incoming`;
  await machine.upload(staging, incoming, options);
  await machine.run(['sudo', 'bash', `${incoming}/provision/install-upload.sh`, incoming, REMOTE_DIRECTORY], options);
  if (bundle === undefined) return;
  const sums = await readFile(join(bundle, 'SHA256SUMS'));
  const digest = createHash('sha256').update(sums).digest('hex');
  const there = await machine.script('bundle.sh', ['verify', digest], options);
  if (there.includes('bundle: complete')) return;
  await machine.upload(bundle, `${REMOTE_DIRECTORY}/bundle`, options);
  const after = await machine.script('bundle.sh', ['verify', digest], options);
  if (!after.includes('bundle: complete')) throw new LabError(`the bundle did not arrive whole on ${machine.name}`);
  options.log('changed  the bundle is here, and every file has its checksum\n');
}

/** With mode 600: it is the administrator's. */
async function fetchKubeconfig({ kubeconfig: path }: Provisioning, machine: Machine, options: Options): Promise<void> {
  const silent = { ...options(machine.name), log: () => undefined };
  const text = await machine.run(['sudo', 'cat', '/etc/kubernetes/admin.conf'], silent);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) {
    await chmod(path, 0o600);
    options().log('ok       kubeconfig on the host\n');
    return;
  }
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
  options().log('changed  kubeconfig on the host\n');
}

/** The token lives as long as the joins, and is not made when there are none. */
async function joinWorkers(settings: Provisioning, controlPlane: Machine, options: Options): Promise<void> {
  const { file, sshConfig } = settings;
  const silent = { ...options(controlPlane.name), log: () => undefined };
  const certificate = await controlPlane.run(['sudo', 'cat', '/etc/kubernetes/pki/ca.crt'], silent);
  const caSha256 = createHash('sha256').update(certificate).digest('hex');
  const workers = workerNodes(file).map((node) => ({ node, machine: new Machine(node.name, sshConfig) }));
  const answers = await Promise.all(
    workers.map(({ machine }) => machine.script('worker.sh', ['needs-join', caSha256], { ...silent })),
  );
  const anyToJoin = answers.some((answer) => answer.trim() === 'yes');
  const secrets = anyToJoin
    ? (JSON.parse(await controlPlane.script('token.sh', ['create'], silent)) as JoinSecrets)
    : { token: '', caCertHash: '' };
  try {
    await Promise.all(
      workers.map(({ node, machine }) => {
        const input = joinConfiguration(file, node, secrets, settings.overrides);
        return machine.script('worker.sh', ['join', caSha256], { ...options(node.name), input });
      }),
    );
  } finally {
    if (anyToJoin) await controlPlane.script('token.sh', ['delete'], { ...silent, input: `${secrets.token}\n` });
  }
}

async function writeFiles(directory: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function prefixed(prefix: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [prefix + name, text]));
}
