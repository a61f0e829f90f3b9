/** What exactly is executed for a container: program, arguments, environment, directory. */
import { basename, delimiter, dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Container } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Image } from '../../images/images.ts';
import type { PodAttachment } from '../../network/network.ts';
import { PathMap, type Mount } from '../../volumes/path-map.ts';
import type { VolumePaths } from '../../volumes/volumes.ts';
import type { PodFacts } from './downward-api.ts';
import { containerEnvironment } from './environment.ts';
import { expand } from './expansion.ts';

export interface CommandContext {
  client: ApiClient;
  facts: PodFacts;
  attachment: PodAttachment;
  volumes: VolumePaths;
  labId: string;
  /** Where the container's own files go. */
  containerDirectory: string;
}

export interface ContainerCommand {
  argv: string[];
  env: Record<string, string>;
  directory: string;
  /** Volume mounts that neither an argument nor a variable speaks of: the program has no way to find them. */
  unseenMounts: { name: string; mountPath: string }[];
  /** Makes a command that is executed beside the program what it has to be on this machine. */
  prepare(argv: readonly string[]): string[];
}

/** Where Kubernetes itself mounts the API's token into every pod; programs that do not ask for it need no warning. */
const SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws Error with Kubernetes' message when the environment cannot be made (CreateContainerConfigError). */
export function containerCommand(container: Container, image: Image, context: CommandContext): ContainerCommand {
  const variables = containerEnvironment(container, context.facts, context.client);
  const paths = new PathMap(mountsOf(container, image, context));
  const command = container.command ?? image.entrypoint;
  const args = container.args ?? (container.command ? [] : image.cmd);
  const prepare = (argv: readonly string[]): string[] =>
    withNodeArguments(
      argv.map((argument) => paths.argument(argument)),
      context.attachment,
    );
  const argv = prepare([...command, ...args].map((argument) => expand(argument, variables)));
  const env = {
    ...mapValues({ ...image.env, ...variables }, (value) => paths.value(value)),
    ...baseEnvironment(variables.PATH, image, context),
  };
  const workingDir = container.workingDir ?? image.workingDir;
  const directory = paths.real(workingDir) ?? join(context.containerDirectory, 'root', workingDir);
  // The image's own working directory is made on demand, as container runtimes do.
  if (!paths.real(workingDir)) mkdirSync(directory, { recursive: true });
  const unseenMounts = (container.volumeMounts ?? []).filter(
    ({ mountPath }) => mountPath !== SERVICE_ACCOUNT_PATH && !paths.isUsed(mountPath),
  );
  return { argv, env, directory, unseenMounts, prepare };
}

/** Programs that run Node get the network's preload, whether it is the image's command or the manifest's. */
function withNodeArguments(argv: readonly string[], { nodeArguments }: PodAttachment): string[] {
  const [program = '', ...rest] = argv;
  const isNode = /^node(\.exe)?$/.test(basename(program));
  return isNode ? [program, ...nodeArguments, ...rest] : [...argv];
}

/** What every container has; none of the cluster's own environment is passed on but what the system needs to start programs. */
function baseEnvironment(path: string | undefined, image: Image, context: CommandContext): Record<string, string> {
  const { facts, attachment, labId } = context;
  const directories = [...image.path, dirname(process.execPath), path ?? process.env.PATH ?? ''];
  const system = process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '' } : {};
  return {
    ...system,
    PATH: directories.join(delimiter),
    HOSTNAME: facts.pod.spec?.hostname ?? facts.pod.metadata.name,
    ...attachment.env,
    LAB_ID: labId,
    // Where the kernel does not end orphans, the network's preload does.
    LAB_PARENT_PID: String(process.pid),
  };
}

function mountsOf(container: Container, image: Image, { volumes, containerDirectory }: CommandContext): Mount[] {
  const mounted = (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => {
    const volume = volumes.get(name);
    if (volume === undefined) throw new Error(`volume "${name}" of mount ${mountPath} is not defined`);
    const real = join(volume, subPath);
    if (subPath) mkdirSync(dirname(real), { recursive: true });
    return { path: mountPath, real };
  });
  const files = Object.entries(image.files).map(([path, real]) => ({ path, real }));
  const anonymous = image.volumes.map((path) => ({ path, real: join(containerDirectory, 'root', path) }));
  for (const { real } of anonymous) mkdirSync(real, { recursive: true });
  return [...mounted, ...files, ...anonymous];
}

function mapValues(variables: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, change(value)]));
}
