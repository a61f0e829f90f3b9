/** The kind program, and the container engine that its nodes are containers of. */
import { ProgramError, runProgram, type ProgramOptions } from '../../program.ts';
import { LabError } from '../../exit-codes.ts';
import { KIND_CLUSTER } from './cluster-config.ts';

const ENGINES = ['docker', 'podman'] as const;
const ENGINE_VARIABLE = 'KIND_EXPERIMENTAL_PROVIDER';
const QUESTION_LIMIT_MS = 30_000;
/** Time for a node to end its pods before it is killed. */
const STOP_SECONDS = 20;

/** How long kind waits for the control plane. */
const WAIT = '300s';

type Engine = (typeof ENGINES)[number];

export class Kind {
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Throws LabError when kind or a container engine is missing. */
  static async find(): Promise<Kind> {
    const engine = await findEngine();
    const kind = new Kind(engine);
    await kind.#kind(['version'], { timeoutMs: QUESTION_LIMIT_MS });
    return kind;
  }

  async exists(): Promise<boolean> {
    const output = await this.#kind(['get', 'clusters'], { timeoutMs: QUESTION_LIMIT_MS });
    return output.split('\n').includes(KIND_CLUSTER);
  }

  /** Names of the nodes, which are those of their containers, and whether they run. */
  async nodes(): Promise<Map<string, boolean>> {
    const output = await this.#kind(['get', 'nodes', '--name', KIND_CLUSTER], { timeoutMs: QUESTION_LIMIT_MS });
    const names = output.split('\n').filter((line) => line !== '');
    const running = await Promise.all(names.map((name) => this.#isRunning(name)));
    return new Map(names.map((name, index) => [name, running[index]!]));
  }

  /** kind removes what it made when it fails, but not when it is interrupted. */
  async create(config: string, kubeconfig: string, signal: AbortSignal): Promise<void> {
    const files = ['--config', config, '--kubeconfig', kubeconfig];
    await this.#kind(['create', 'cluster', '--name', KIND_CLUSTER, ...files, '--wait', WAIT], { signal });
  }

  /** Nodes and volumes; without error when there is no such cluster. */
  async delete(kubeconfig: string): Promise<void> {
    await this.#kind(['delete', 'cluster', '--name', KIND_CLUSTER, '--kubeconfig', kubeconfig]);
  }

  /** Puts images on all nodes. */
  async load(archives: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#kind(['load', 'image-archive', '--name', KIND_CLUSTER, ...archives], { signal });
  }

  /** The container and everything in it ends at once, and its address answers nothing any more. */
  async cutPower(node: string): Promise<void> {
    // podman kill leaves it to a restart policy whether the container comes back; a stop without patience does not.
    const kill = this.#engine === 'docker' ? ['kill', node] : ['stop', '-t', '0', node];
    await runProgram(this.#engine, kill);
  }

  async start(nodes: readonly string[]): Promise<void> {
    await runProgram(this.#engine, ['start', ...nodes]);
  }

  async stop(nodes: readonly string[]): Promise<void> {
    await runProgram(this.#engine, ['stop', '-t', String(STOP_SECONDS), ...nodes]);
  }

  async #isRunning(node: string): Promise<boolean> {
    const inspect = ['inspect', '--format', '{{.State.Running}}', node];
    return (await runProgram(this.#engine, inspect, { timeoutMs: QUESTION_LIMIT_MS })).trim() === 'true';
  }

  async #kind(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    const env = this.#engine === 'docker' ? {} : { [ENGINE_VARIABLE]: this.#engine };
    try {
      return await runProgram('kind', args, { ...options, env });
    } catch (error) {
      if (!(error instanceof ProgramError) || error.isInstalled) throw error;
      throw new LabError('kind is not installed; see docs/real-kubernetes.md', { cause: error });
    }
  }
}

/** The one that is named as kind itself has it named, else the first that answers. */
async function findEngine(): Promise<Engine> {
  const named = process.env[ENGINE_VARIABLE];
  if (named !== undefined && named !== '') {
    const engine = ENGINES.find((candidate) => candidate === named);
    if (engine === undefined) throw new LabError(`${ENGINE_VARIABLE}: only ${ENGINES.join(' and ')} are known here`);
    return engine;
  }
  for (const engine of ENGINES) if (await answers(engine)) return engine;
  throw new LabError(`no container engine answers: kind needs ${ENGINES.join(' or ')}; see docs/real-kubernetes.md`);
}

async function answers(engine: Engine): Promise<boolean> {
  return runProgram(engine, ['info'], { timeoutMs: QUESTION_LIMIT_MS }).then(
    () => true,
    () => false,
  );
}
