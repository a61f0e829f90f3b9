/** Podman and Buildah: one library, the same commands. */
import { projectPath } from '../project.ts';
import { ProgramError, runProgram } from '../program.ts';
import { SOURCE_DATE_EPOCH, type Builder, type ImageSources, type Probe } from './builder.ts';

const PROBE_LIMIT_MS = 10_000;

export class BuildahBuilder implements Builder {
  readonly name: 'podman' | 'buildah';
  readonly #versionArguments: readonly string[];

  constructor(name: 'podman' | 'buildah') {
    this.name = name;
    // On macOS and Windows podman is a client of a machine that may be off; only info asks that machine.
    this.#versionArguments = name === 'podman' ? ['info', '--format', '{{.Version.Version}}'] : ['--version'];
  }

  async probe(signal: AbortSignal): Promise<Probe> {
    try {
      const output = await runProgram(this.name, this.#versionArguments, { signal, timeoutMs: PROBE_LIMIT_MS });
      return { version: /\d+(\.\d+)+\S*/.exec(output)?.[0] ?? output.trim() };
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      if (!error.isInstalled) return { problem: 'not installed', fix: `install ${this.name}` };
      const fix = process.platform === 'linux' ? `${this.name} info must work` : 'podman machine start';
      return { problem: `does not answer: ${error.tail.split('\n').at(-1)}`, fix };
    }
  }

  async build({ name, context, base }: ImageSources, archive: string, signal: AbortSignal): Promise<void> {
    const file = projectPath('provision', 'Containerfile');
    const timestamp = String(SOURCE_DATE_EPOCH);
    const reproducible = ['--timestamp', timestamp, '--format', 'oci'];
    const build = ['build', '--quiet', ...reproducible, '--build-arg', `BASE=${base}`, '--file', file, '--tag', name];
    await runProgram(this.name, [...build, context], { signal });
    await runProgram(this.name, ['push', '--quiet', name, `oci-archive:${archive}:${name}`], { signal });
  }

  async push({ name }: ImageSources, target: string, signal: AbortSignal): Promise<void> {
    const transport = isOnThisMachine(target) ? ['--tls-verify=false'] : [];
    await runProgram(this.name, ['push', '--quiet', ...transport, name, `docker://${target}`], { signal });
  }
}

/** Such registries are spoken to without TLS, as Docker does by itself. */
function isOnThisMachine(target: string): boolean {
  return /^(localhost|127\.[\d.]+)(:\d+)?\//.test(target);
}
