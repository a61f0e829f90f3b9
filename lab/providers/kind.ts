/** A cluster of containers on this machine, made by kind: brought up here, and used as any other that a kubeconfig names. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InterruptedError, LabError, UsageError } from '../exit-codes.ts';
import { labDirectory } from '../project.ts';
import { answers } from './api-answers.ts';
import { clusterTiming, loadClusterFile, timingProfile, type ClusterFile } from './cluster-file.ts';
import type { Kind } from './kind/kind-command.ts';
import { KubeconfigProvider } from './kubeconfig.ts';
import type {
  ClusterAccess,
  ClusterTiming,
  DownReport,
  NodePower,
  Provider,
  ProviderOptions,
  ProviderStatus,
  UpOptions,
} from './provider.ts';

/** Nodes that are switched on again take about half a minute. */
const API_LIMIT_MS = 180_000;
const POLL_MS = 500;

type ClassesAndRegistry = Pick<ProviderOptions, 'registry' | 'storageClass' | 'ingressClass'>;

export class KindProvider implements Provider {
  readonly name = 'kind';
  readonly #directory: string;
  readonly #options: ClassesAndRegistry;
  /** Found once: a fault is to come when it is due. */
  #found: Promise<Kind> | undefined;
  readonly nodePower: NodePower = {
    stopNode: async (node) => (await this.#kind()).cutPower(node),
    startNode: async (node) => (await this.#kind()).start([node]),
  };

  constructor(options: ClassesAndRegistry = {}, directory = labDirectory()) {
    this.#directory = directory;
    this.#options = options;
  }

  async find(): Promise<ClusterAccess | undefined> {
    const kubeconfig = this.#file('kubeconfig');
    return (await answers(kubeconfig)) ? { kubeconfig, ...this.#options } : undefined;
  }

  /** A cluster that is there already is switched on, and gets the images as they are now. */
  async up({ profile, say, signal }: UpOptions): Promise<ClusterAccess> {
    const file = await loadClusterFile();
    const kind = await this.#kind();
    // Before anything is made: to make a cluster takes minutes.
    const archives = this.#options.registry === undefined ? await this.#buildImages(file, { say, signal }) : [];
    const isNew = !(await kind.exists());
    if (isNew) await this.#create(kind, file, profile ?? file.timing.profile, { say, signal });
    else await this.#switchOn(kind, profile, { say, signal });
    try {
      if (archives.length > 0) {
        say('loading the images into the nodes');
        await kind.load(archives, signal);
      }
      return await this.#asKubeconfig().up({ say, signal });
    } catch (error) {
      if (isNew) await this.#remove(kind);
      throw error;
    }
  }

  async down({ deleteData, say }: { deleteData: boolean; say: (message: string) => void }): Promise<DownReport> {
    const kind = await this.#kind();
    if (!(await kind.exists())) return { wasUp: false, forced: false };
    const running = runningNodes(await kind.nodes());
    if (deleteData) {
      await this.#remove(kind);
    } else {
      if (running.length > 0) await kind.stop(running);
      say("the nodes' containers are stopped and kept; --delete-data removes them");
    }
    return { wasUp: running.length > 0, forced: false };
  }

  async status(): Promise<ProviderStatus> {
    const kind = await this.#kind();
    if (!(await kind.exists())) return { up: false, details: [] };
    const nodes = [...(await kind.nodes())].map(([node, runs]) => `${node}: ${runs ? 'running' : 'stopped'}`);
    const details = [`containers ${nodes.join(', ')}`];
    if ((await this.find()) === undefined) return { up: false, details };
    const { up, details: more } = await this.#asKubeconfig().status();
    return { up, details: [...details, ...more] };
  }

  async timing(): Promise<ClusterTiming> {
    const file = await loadClusterFile();
    const name = (await this.#profile()) ?? file.timing.profile;
    return clusterTiming(timingProfile(file, name), `timing profile ${name}`);
  }

  async #create(
    kind: Kind,
    file: ClusterFile,
    profile: string,
    { say, signal }: Pick<UpOptions, 'say' | 'signal'>,
  ): Promise<void> {
    const { kindConfiguration } = await import('./kind/cluster-config.ts');
    const config = kindConfiguration(file, timingProfile(file, profile));
    await mkdir(this.#file(), { recursive: true });
    await writeFile(this.#file('cluster.yaml'), config);
    await writeFile(this.#file('profile'), profile);
    say(`kind makes ${file.nodes.length} nodes of ${file.images.kindNode.split('@')[0]}`);
    try {
      await kind.create(this.#file('cluster.yaml'), this.#file('kubeconfig'), signal);
    } catch (error) {
      await this.#remove(kind);
      if (signal.aborted) throw new InterruptedError('interrupted', { cause: error });
      throw error;
    }
  }

  /** Throws UsageError when another timing is asked for: it is fixed when the cluster is made. */
  async #switchOn(
    kind: Kind,
    profile: string | undefined,
    { say, signal }: Pick<UpOptions, 'say' | 'signal'>,
  ): Promise<void> {
    const made = await this.#profile();
    if (made === undefined) {
      throw new LabError(
        'there is a kind cluster "log-lab" that was not made here: kind delete cluster --name log-lab',
      );
    }
    if (profile !== undefined && profile !== made) {
      throw new UsageError(`the cluster was made with timing profile ${made}: lab:down --delete-data first`);
    }
    const stopped = [...(await kind.nodes())].filter(([, runs]) => !runs).map(([node]) => node);
    if (stopped.length > 0) {
      say(`starting ${stopped.join(', ')}`);
      await kind.start(stopped);
    }
    const startedAt = performance.now();
    while (!(await answers(this.#file('kubeconfig')))) {
      if (performance.now() - startedAt > API_LIMIT_MS) {
        throw new LabError('the API server of the kind cluster does not answer; lab:down --delete-data and up again');
      }
      await delay(POLL_MS, undefined, { signal });
    }
  }

  /** Answers the archives. */
  async #buildImages(file: ClusterFile, options: Pick<UpOptions, 'say' | 'signal'>): Promise<string[]> {
    const [{ chooseBuilder }, { buildImages }] = await Promise.all([
      import('../images/builders.ts'),
      import('../images/build-images.ts'),
    ]);
    const chosen = await chooseBuilder(undefined, options.signal);
    if ('problems' in chosen) throw new LabError(`nothing here can build images:\n  ${chosen.problems.join('\n  ')}`);
    const output = join(this.#directory, 'images');
    const built = await buildImages(chosen, { base: file.images.node, output, ...options });
    return built.map(({ archive }) => archive);
  }

  async #remove(kind: Kind): Promise<void> {
    await kind.delete(this.#file('kubeconfig'));
    await rm(this.#file(), { recursive: true, force: true });
  }

  /** Loaded when it is needed: the command line answers at once for those who use another provider. */
  #kind(): Promise<Kind> {
    this.#found ??= import('./kind/kind-command.ts').then(({ Kind }) => Kind.find());
    return this.#found;
  }

  #asKubeconfig(): KubeconfigProvider {
    return new KubeconfigProvider({ kubeconfig: this.#file('kubeconfig'), ...this.#options }, { imagesLoaded: true });
  }

  async #profile(): Promise<string | undefined> {
    return readFile(this.#file('profile'), 'utf8').catch(() => undefined);
  }

  #file(name = ''): string {
    return join(this.#directory, 'kind', name);
  }
}

function runningNodes(nodes: ReadonlyMap<string, boolean>): string[] {
  return [...nodes].filter(([, runs]) => runs).map(([node]) => node);
}
