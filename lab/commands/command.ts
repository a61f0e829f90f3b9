/** A command of the command line: interface only. */
import type { ExitCode } from '../exit-codes.ts';

export interface CommandContext {
  /** Aborts at the first Ctrl-C or SIGTERM. */
  signal: AbortSignal;
  /** A line on standard output. */
  print: (line: string) => void;
  /** A line about what is going on, on standard error. */
  say: (line: string) => void;
  /** Run at the second Ctrl-C, after which the process ends without waiting for anything. */
  onForce: (action: () => void) => void;
}

export interface Command {
  readonly usage: string;
  readonly summary: string;
  /** Throws UsageError, LabError, InterruptedError; anything else is a defect. */
  run(args: readonly string[], context: CommandContext): Promise<ExitCode>;
}
