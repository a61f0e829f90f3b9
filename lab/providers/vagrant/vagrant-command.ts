/** The vagrant program, run in the project's directory. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { $, ProcessOutput } from 'zx/core';
import { LabError } from '../../exit-codes.ts';
import { PROJECT_DIRECTORY } from '../../project.ts';
import type { ClusterFile } from '../cluster-file.ts';

/** The end of what vagrant had to say is kept apart: a stage's log has it too. */
class VagrantError extends LabError {
  readonly output: string;

  constructor(args: readonly string[], { exitCode, stderr, stdout }: ProcessOutput, logged: boolean) {
    const output = (stderr.trim() || stdout.trim()).slice(-2000);
    const command = `vagrant ${args.join(' ')}`;
    super(logged ? `${command} ended with exit code ${exitCode}` : `${command} failed: ${output}`);
    this.output = output;
  }
}

export interface CommandOptions {
  log?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A box that cannot be had: not on the server, not in this version, not for this provider, or the server is away. */
const BOX_PROBLEM =
  /box ['"].*could not be|could not find the box|no .*version.* of the box|box.*(404|not be found)|error occurred while downloading/i;

export class Vagrant {
  readonly #directory: string;

  /** `directory` keeps which box was taken. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** State by machine, as vagrant names it: running, poweroff, shutoff, not_created, ... */
  async states(): Promise<Map<string, string>> {
    return parseStatus(await this.#run(['status', '--machine-readable']), 'state');
  }

  async sshConfig(options: CommandOptions): Promise<string> {
    return this.#run(['ssh-config'], options);
  }

  async halt(options: CommandOptions & { node?: string; force?: boolean }): Promise<void> {
    await this.#run(['halt', ...(options.force === true ? ['--force'] : []), ...nodeArguments(options.node)], options);
  }

  async destroy(options: CommandOptions): Promise<void> {
    await this.#run(['destroy', '--force'], options);
  }

  async boot(node: string): Promise<void> {
    await this.#run(['up', '--no-provision', node]);
  }

  /** Makes and boots all machines; takes the next box when one cannot be had. */
  async up(file: ClusterFile, options: CommandOptions & { say: (message: string) => void }): Promise<void> {
    try {
      await this.#run(['up', '--no-provision'], options);
    } catch (error) {
      if (!(error instanceof VagrantError) || !BOX_PROBLEM.test(error.output)) throw error;
      const box = await this.#fallback(file);
      if (box === undefined) throw error;
      options.say(`  the box cannot be had; trying ${box} instead`);
      await writeFile(join(this.#directory, 'box'), box);
      await this.#run(['up', '--no-provision'], options);
    }
  }

  /** The provider's second box, unless another than the first is taken already. */
  async #fallback(file: ClusterFile): Promise<string | undefined> {
    if ((await this.#box()) !== undefined) return undefined;
    const providers = parseStatus(await this.#run(['status', '--machine-readable']), 'provider-name').values();
    const provider = [...providers][0] ?? '';
    return file.boxes.filter((box) => box.providers.includes(provider))[1]?.name;
  }

  async #box(): Promise<string | undefined> {
    return process.env['LAB_BOX'] ?? readFile(join(this.#directory, 'box'), 'utf8').catch(() => undefined);
  }

  /** Answers standard output. Throws LabError with the end of standard error. */
  async #run(args: readonly string[], { log, signal }: CommandOptions = {}): Promise<string> {
    const box = await this.#box();
    const env = { ...process.env, VAGRANT_CWD: PROJECT_DIRECTORY, ...(box !== undefined && { LAB_BOX: box }) };
    const command = $({ quiet: true, env, ...(signal !== undefined && { signal }) })`vagrant ${args}`;
    for (const stream of [command.stdout, command.stderr]) {
      stream.on('data', (chunk: Buffer) => log?.(chunk.toString()));
    }
    try {
      return (await command).stdout;
    } catch (error) {
      if (!(error instanceof ProcessOutput)) throw error;
      if (error.exitCode === 127) throw new LabError('vagrant is not installed; see docs/vagrant.md', { cause: error });
      throw new VagrantError(args, error, log !== undefined);
    }
  }
}

/** Data of one kind by machine, of `vagrant status --machine-readable`: lines of time, machine, kind, data. Pure. */
export function parseStatus(output: string, wanted: 'state' | 'provider-name'): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [, machine, kind, data] = line.trim().split(',');
    if (kind === wanted && machine !== undefined && data !== undefined) found.set(machine, data);
  }
  return found;
}

function nodeArguments(node: string | undefined): string[] {
  return node === undefined ? [] : [node];
}
