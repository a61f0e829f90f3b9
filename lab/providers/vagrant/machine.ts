/** A machine of the cluster, reached by ssh: what the stages may do to it. */
import { $, ProcessOutput, type ProcessPromise } from 'zx/core';
import { LabError } from '../../exit-codes.ts';

/** Where everything of the lab is on the machines; the scripts' LAB_DIR. */
export const REMOTE_DIRECTORY = '/opt/lab';

export interface RunOptions {
  input?: string | undefined;
  /** Gets what the machine writes, as it comes. */
  log: (text: string) => void;
  signal: AbortSignal;
}

/** A command ended with another code than 0, or the machine could not be reached (255). */
class MachineError extends LabError {
  readonly machine: string;
  readonly exitCode: number | null;

  constructor(machine: string, exitCode: number | null, cause: unknown) {
    super(exitCode === 255 ? `${machine} cannot be reached by ssh` : `exit code ${exitCode} on ${machine}`, { cause });
    this.machine = machine;
    this.exitCode = exitCode;
  }
}

export class Machine {
  readonly name: string;
  readonly #sshConfig: string;

  /** `sshConfig` is a file as `vagrant ssh-config` writes it, with the machine's name as a host. */
  constructor(name: string, sshConfig: string) {
    this.name = name;
    this.#sshConfig = sshConfig;
  }

  /** A script of provision/, as root; answers its standard output. Throws MachineError. */
  async script(name: string, args: readonly string[], options: RunOptions): Promise<string> {
    return this.run(['sudo', 'bash', `${REMOTE_DIRECTORY}/provision/${name}`, ...args], options);
  }

  /** Words that need no quoting. Throws MachineError. */
  async run(words: readonly string[], { input = '', log, signal }: RunOptions): Promise<string> {
    const ssh = $({ quiet: true, input, signal })`ssh -F ${this.#sshConfig} ${this.name} ${words.join(' ')}`;
    return this.#finish(ssh, log);
  }

  /** Puts the local directory in the remote one's place, whole or not at all: what was there before goes. */
  async upload(local: string, remote: string, { log, signal }: RunOptions): Promise<void> {
    const partial = `${remote}.partial`;
    const unpack = [
      `sudo rm -rf ${partial}`,
      `sudo mkdir -p ${partial}`,
      `sudo tar -C ${partial} --no-same-owner -xf -`,
      `sudo rm -rf ${remote}`,
      `sudo mv ${partial} ${remote}`,
    ].join(' && ');
    // COPYFILE_DISABLE: tar on macOS else adds a file of attributes beside each file.
    const copy = $({
      quiet: true,
      signal,
    })`COPYFILE_DISABLE=1 tar -C ${local} -cf - . | ssh -F ${this.#sshConfig} ${this.name} ${unpack}`;
    await this.#finish(copy, log);
  }

  /** Writes the machine's file here; standard input and the terminal stay out of it. */
  async download(remote: string, local: string, { log, signal }: RunOptions): Promise<void> {
    const pack = `sudo tar -C ${remote} -cf - .`;
    const copy = $({
      quiet: true,
      signal,
    })`mkdir -p ${local} && ssh -F ${this.#sshConfig} ${this.name} ${pack} | tar -C ${local} -xf -`;
    await this.#finish(copy, log);
  }

  async #finish(command: ProcessPromise, log: (text: string) => void): Promise<string> {
    command.stdout.on('data', (chunk: Buffer) => log(chunk.toString()));
    command.stderr.on('data', (chunk: Buffer) => log(chunk.toString()));
    try {
      return (await command).stdout;
    } catch (error) {
      if (error instanceof ProcessOutput) throw new MachineError(this.name, error.exitCode, error);
      throw error;
    }
  }
}
