/** What kind needs on this machine. */
import { fail, ok, skipped, warn, type Finding, type Host, type HostCheck } from '../check.ts';

const GUIDE = 'docs/real-kubernetes.md';

/** Into node images that are made since, an older one cannot load images. */
const LEAST_KIND = [0, 32] as const;

const GIB = 2 ** 30;
/** Three nodes' system pods, the lab's own at their requests, and room to work. */
const MEMORY_BYTES = 4 * GIB;

/** Source: kind's list of known issues, "too many open files". */
const LEAST_INOTIFY_INSTANCES = 512;
const INOTIFY_FILE = '/proc/sys/fs/inotify/max_user_instances';

interface Engine {
  name: 'docker' | 'podman';
  cgroupVersion: string;
  memoryBytes: number;
}

const QUESTIONS = {
  docker: ['info', '--format', '{{.CgroupVersion}} {{.MemTotal}}'],
  podman: ['info', '--format', '{{.Host.CgroupsVersion}} {{.Host.MemTotal}}'],
} as const;

/** The engine that the lab takes for kind. */
async function engineOf(host: Host): Promise<Engine | undefined> {
  const named = host.environment['KIND_EXPERIMENTAL_PROVIDER'];
  for (const name of ['docker', 'podman'] as const) {
    if (named !== undefined && named !== '' && named !== name) continue;
    const { exitCode, stdout } = await host.run(name, ...QUESTIONS[name]);
    if (exitCode !== 0) continue;
    const [cgroups = '', memory = ''] = stdout.trim().split(' ');
    return { name, cgroupVersion: cgroups.replace('v', ''), memoryBytes: Number(memory) };
  }
  return undefined;
}

export const containerEngine: HostCheck = {
  name: 'container engine',
  providers: ['kind'],
  async run(host) {
    const engine = await engineOf(host);
    if (engine === undefined) {
      return fail(
        'neither docker nor podman answers',
        `start Docker (docker run --rm hello-world must work) or install Podman; ${GUIDE}`,
      );
    }
    if (engine.cgroupVersion === '2') return ok(`${engine.name}, cgroups 2`);
    return fail(
      `${engine.name} works with cgroups ${engine.cgroupVersion}, which kubelets refuse since Kubernetes 1.35`,
      'boot with systemd.unified_cgroup_hierarchy=1, or use a newer system',
    );
  },
};

export const kindVersion: HostCheck = {
  name: 'kind',
  providers: ['kind'],
  async run(host) {
    const { exitCode, stdout } = await host.run('kind', 'version');
    const install = `install one of at least ${LEAST_KIND.join('.')} from https://kind.sigs.k8s.io; ${GUIDE}`;
    if (exitCode !== 0) return fail('not installed', install);
    const match = /v(\d+)\.(\d+)\S*/.exec(stdout);
    if (match === null) return fail(`cannot read a version from "${stdout.trim()}"`, install);
    const [version, major, minor] = [match[0], Number(match[1]), Number(match[2])];
    const isEnough = major > LEAST_KIND[0] || minor >= LEAST_KIND[1];
    return isEnough ? ok(version) : fail(`${version} cannot load images into the nodes of today`, install);
  },
};

/** On macOS and Windows the engine has a machine of its own, with memory of its own. */
export const kindMemory: HostCheck = {
  name: 'memory for three nodes',
  providers: ['kind'],
  async run(host) {
    const engine = await engineOf(host);
    if (engine === undefined) return skipped('no container engine answers');
    const shared = host.platform === 'linux';
    const bytes = shared ? Math.min(host.freeMemoryBytes, engine.memoryBytes) : engine.memoryBytes;
    const detail = `${(bytes / GIB).toFixed(1)} GiB ${shared ? 'free' : `for ${engine.name}`}, the nodes take about ${MEMORY_BYTES / GIB}`;
    if (bytes >= MEMORY_BYTES) return ok(detail);
    return warn(detail, shared ? 'close what you do not need' : `give ${engine.name} more memory in its settings`);
  },
};

export const inotify: HostCheck = {
  name: 'inotify limits',
  providers: ['kind'],
  async run(host): Promise<Finding> {
    const text = await host.readFile(INOTIFY_FILE);
    if (text === undefined) return skipped('only Linux has them');
    const instances = Number(text);
    if (instances >= LEAST_INOTIFY_INSTANCES) return ok(`${instances} instances`);
    return warn(
      `${instances} instances a user: with three nodes pods may fail with "too many open files"`,
      'sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288',
    );
  },
};
