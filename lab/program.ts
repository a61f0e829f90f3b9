/** Programs of this machine that the lab calls: their output, or an error that shows the end of what they said. */
import { execFile, type ExecFileException } from 'node:child_process';
import { LabError } from './exit-codes.ts';

const TAIL_LINES = 15;
const OUTPUT_LIMIT_BYTES = 64 * 2 ** 20;

export interface ProgramOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}

/** A program that is not installed, could not finish in time, or ended with another code than 0. */
export class ProgramError extends LabError {
  readonly command: string;
  /** Null when it was not installed or was killed. */
  readonly exitCode: number | null;
  readonly isInstalled: boolean;
  /** The last lines of standard error, or of standard output when that is empty. */
  readonly tail: string;

  constructor(command: string, cause: ExecFileException, output: string) {
    const isInstalled = cause.code !== 'ENOENT';
    const exitCode = typeof cause.code === 'number' ? cause.code : null;
    const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    const ending = exitCode === null ? `was ended (${cause.signal ?? cause.code})` : `ended with exit code ${exitCode}`;
    const program = command.split(' ')[0]!;
    super(isInstalled ? `${command} ${ending}${tail && `:\n${tail}`}` : `${program} is not installed`, { cause });
    this.command = command;
    this.exitCode = exitCode;
    this.isInstalled = isInstalled;
    this.tail = tail;
  }
}

/** Answers standard output. Throws ProgramError, and the signal's reason when it aborts; the program has ended then. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { signal, timeoutMs, env }: ProgramOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { maxBuffer: OUTPUT_LIMIT_BYTES, signal, timeout: timeoutMs, env: { ...process.env, ...env } };
  const child = execFile(program, args, options, (error, stdout, stderr) => {
    const interrupted = (): void => reject(signal?.reason as Error);
    if (error === null) resolve(stdout);
    else if (signal?.aborted !== true)
      reject(new ProgramError([program, ...args].join(' '), error, stderr.trim() === '' ? stdout : stderr));
    else if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) interrupted();
    else child.once('exit', interrupted);
  });
  return promise;
}
