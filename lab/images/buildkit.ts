/** Docker (with buildx) and nerdctl: BuildKit does the work, and takes the same options from both. */
import { projectPath } from '../project.ts';
import { ProgramError, runProgram } from '../program.ts';
import { SOURCE_DATE_EPOCH, type Builder, type ImageSources, type Probe } from './builder.ts';

const PROBE_LIMIT_MS = 10_000;

/** Docker's own builder writes no archives while images are kept in its old store. */
const NO_ARCHIVES = /exporter .*not supported for the docker driver/i;

interface Program {
  name: 'docker' | 'nerdctl';
  /** What builds: `docker buildx build`, `nerdctl build`. */
  build: readonly string[];
  /** Each must end well; the first prints the version. */
  probes: readonly { args: readonly string[]; otherwise: string; fix: string }[];
}

export const DOCKER: Program = {
  name: 'docker',
  build: ['buildx', 'build'],
  probes: [
    {
      args: ['version', '--format', '{{.Server.Version}}'],
      otherwise: 'its engine does not answer',
      fix: 'start Docker, and see that you may use it: docker run --rm hello-world',
    },
    { args: ['buildx', 'version'], otherwise: 'it has no buildx', fix: 'install docker-buildx-plugin' },
  ],
};

export const NERDCTL: Program = {
  name: 'nerdctl',
  build: ['build'],
  probes: [
    {
      args: ['info', '--format', '{{.ServerVersion}}'],
      otherwise: 'containerd does not answer',
      fix: 'start containerd and buildkitd',
    },
  ],
};

export class BuildkitBuilder implements Builder {
  readonly name: 'docker' | 'nerdctl';
  readonly #program: Program;

  constructor(program: Program) {
    this.name = program.name;
    this.#program = program;
  }

  async probe(signal: AbortSignal): Promise<Probe> {
    let version: string | undefined;
    for (const { args, otherwise, fix } of this.#program.probes) {
      try {
        const output = await runProgram(this.name, args, { signal, timeoutMs: PROBE_LIMIT_MS });
        version ??= output.trim();
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        if (!error.isInstalled) return { problem: 'not installed', fix: `install ${this.name}` };
        return { problem: otherwise, fix };
      }
    }
    return { version: version ?? 'of an unknown version' };
  }

  async build(image: ImageSources, archive: string, signal: AbortSignal): Promise<void> {
    await this.#run(image, `type=oci,dest=${archive},name=${image.name}`, signal);
  }

  /** Builds once more, which takes everything from the cache: an archive cannot be pushed. */
  async push(image: ImageSources, target: string, signal: AbortSignal): Promise<void> {
    await this.#run(image, `type=image,name=${target},push=true`, signal);
  }

  /**
   * Files keep the times of the context, which are fixed. The exporter's rewrite-timestamp would change no layer, and
   * Docker before 29.1 refuses it for images that are pushed.
   */
  async #run({ context, base }: ImageSources, output: string, signal: AbortSignal): Promise<void> {
    const plain = ['--progress', 'plain', '--provenance=false', '--sbom=false'];
    const values = ['--build-arg', `BASE=${base}`, '--build-arg', `SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}`];
    const file = ['--file', projectPath('provision', 'Containerfile')];
    const args = [...this.#program.build, ...plain, ...values, ...file, '--output', output, context];
    try {
      await runProgram(this.name, args, { signal });
    } catch (error) {
      if (!(error instanceof ProgramError) || !NO_ARCHIVES.test(error.tail)) throw error;
      const ways = 'switch on the containerd image store, or: docker buildx create --use';
      error.message += `\nDocker's own builder cannot write archives here: ${ways}`;
      throw error;
    }
  }
}
