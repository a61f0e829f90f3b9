/** Any cluster the user already has: the lab is put on it and taken away again; the cluster itself is not touched. */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import type { Finding } from '../cluster/preflight.ts';
import { LabError, UsageError } from '../exit-codes.ts';
import { clusterTiming, loadClusterFile, timingProfile } from './cluster-file.ts';
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

/** Cutting power may go through a slow management interface. */
const POWER_LIMIT_MS = 120_000;

export class KubeconfigProvider implements Provider {
  readonly name = 'kubeconfig';
  readonly #access: ClusterAccess;
  readonly #timingProfile: string | undefined;
  readonly #imagesLoaded: boolean;
  readonly nodePower: NodePower | undefined;

  /**
   * `imagesLoaded`: the nodes have just been given the images, and need not have reported them yet.
   * Throws UsageError when only one of the two power commands is given.
   */
  constructor(
    { kubeconfig, context, nodeStop, nodeStart, timingProfile, ...classesAndRegistry }: ProviderOptions,
    { imagesLoaded = false } = {},
  ) {
    this.#imagesLoaded = imagesLoaded;
    this.#access = { kubeconfig: kubeconfig ?? defaultKubeconfig(), context, ...classesAndRegistry };
    this.#timingProfile = timingProfile;
    this.nodePower = powerByCommands(nodeStop, nodeStart);
  }

  async find(): Promise<ClusterAccess | undefined> {
    const cluster = await this.#connect();
    const { deploymentReference } = await import('../cluster/cluster.ts');
    const deployed = await this.#reached(cluster.find(deploymentReference('log-processor')));
    return deployed === undefined ? undefined : this.#access;
  }

  /** Changes nothing: what the lab needs is checked, and deploying it is the same for all providers. */
  async up({ say, profile }: UpOptions): Promise<ClusterAccess> {
    if (profile !== undefined)
      throw new UsageError(
        '--profile sets the timing of clusters the lab makes; say with --timing-profile how this one is set',
      );
    const [{ gatherFacts, judgeFacts, takesPods }, { judgeImages }, { network }] = await Promise.all([
      import('../cluster/preflight.ts'),
      import('../cluster/node-images.ts'),
      loadClusterFile(),
    ]);
    const facts = await this.#reached(gatherFacts(await this.#connect()));
    const { storageClass, ingressClass = network.ingressClass } = this.#access;
    const findings = judgeFacts(facts, { storageClass, ingressClass });
    if (this.#access.registry === undefined && !this.#imagesLoaded)
      findings.push(judgeImages(facts.nodes.filter(takesPods)));
    for (const line of findingLines(findings)) say(line);
    if (findings.some(({ verdict }) => verdict === 'missing')) {
      throw new LabError('the cluster lacks what the lab needs; nothing was changed');
    }
    return this.#access;
  }

  async down({ deleteData }: { deleteData: boolean; say: (message: string) => void }): Promise<DownReport> {
    const { undeploy } = await import('../cluster/undeploy.ts');
    return { wasUp: await this.#reached(undeploy(await this.#connect(), deleteData)), forced: false };
  }

  async status(): Promise<ProviderStatus> {
    const cluster = await this.#connect();
    const version = await this.#reached(cluster.version());
    const up = (await this.find()) !== undefined;
    return { up, details: [`Kubernetes ${version} at ${cluster.server}`, `kubeconfig ${this.#access.kubeconfig}`] };
  }

  /** As the user says, else as far as the cluster shows. */
  async timing(): Promise<ClusterTiming> {
    if (this.#timingProfile !== undefined) {
      const profile = timingProfile(await loadClusterFile(), this.#timingProfile);
      return clusterTiming(profile, `--timing-profile ${this.#timingProfile}`);
    }
    const { observeTiming } = await import('./observed-timing.ts');
    return this.#reached(observeTiming(await this.#connect()));
  }

  async #connect(): Promise<Cluster> {
    const { Cluster } = await import('../cluster/cluster.ts');
    try {
      return new Cluster(this.#access.kubeconfig, this.#access.context);
    } catch (error) {
      throw new UsageError(`cannot use the kubeconfig: ${(error as Error).message}`, { cause: error });
    }
  }

  async #reached<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error };
      throw new LabError(`the cluster of ${this.#access.kubeconfig} does not answer: ${cause?.message ?? message}`, {
        cause: error,
      });
    }
  }
}

function defaultKubeconfig(): string {
  return process.env['KUBECONFIG']?.split(':')[0] ?? join(homedir(), '.kube', 'config');
}

/** A line for each finding, those that need something done with their fix. */
function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ check, verdict, detail, fix }) => `  ${verdict.padEnd(8)}${check}: ${detail}${fix && ` -> ${fix}`}`,
  );
}

/** `{node}` in a command stands for the node's name. */
function powerByCommands(stop: string | undefined, start: string | undefined): NodePower | undefined {
  if (stop === undefined && start === undefined) return undefined;
  if (stop === undefined || start === undefined)
    throw new UsageError('give both --node-stop and --node-start, or neither');
  const run = async (command: string, node: string): Promise<void> => {
    const text = command.replaceAll('{node}', node);
    try {
      await promisify(execFile)('sh', ['-c', text], { timeout: POWER_LIMIT_MS });
    } catch (error) {
      throw new LabError(`"${text}" failed: ${(error as Error).message}`, { cause: error });
    }
  };
  return { stopNode: (node) => run(stop, node), startNode: (node) => run(start, node) };
}
