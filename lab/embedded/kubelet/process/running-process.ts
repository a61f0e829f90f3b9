/** A child process in a process group of its own: what a container is here. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { findExecutable } from './executable.ts';
import { diesWithParent } from './parent-death.ts';
import { recordProcess } from './process-records.ts';
import { killTrees, sendSignal } from './signals.ts';

/** How long output is waited for that a process outside of the group may still hold open. */
const OUTPUT_LIMIT_MS = 500;

export interface ProcessSpec {
  argv: readonly string[];
  /** The whole environment. */
  env: Record<string, string>;
  directory: string;
  /** Where the process is put on record for reapOrphans(). */
  podDirectory: string;
}

export interface Exit {
  /** 128 + the signal's number for a process that a signal ended, as container runtimes have it. */
  code: number;
  signal: number | undefined;
}

export interface RunningProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process has ended, what it left in its group is killed, and its output is read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** To the process itself, not to its children. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL to the process and everything that belongs to it. */
  kill(): void;
}

/** Throws Error in a container runtime's words when the program or the directory is missing. */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const [name, ...rest] = spec.argv;
  if (!name) throw new Error('no command specified');
  const program = findExecutable(name, spec.env.PATH ?? '', spec.directory);
  const [command, ...args] = [...diesWithParent(), program, ...rest];
  const child = spawn(command!, args, {
    cwd: spec.directory,
    env: spec.env,
    detached: true,
    windowsHide: true,
    stdio: 'pipe',
  });
  await once(child, 'spawn');
  const pid = child.pid!;
  const forget = recordProcess(spec.podDirectory, pid);
  child.stdin.on('error', () => {
    // The program may close its standard input or end before it has read everything.
  });
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited: ended(child, pid).finally(forget),
    signal: (signal) => void sendSignal(pid, signal),
    kill: () => killTrees([pid]),
  };
}

async function ended(child: ChildProcess, pid: number): Promise<Exit> {
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // In a container everything ends with process 1.
  sendSignal(-pid, 'SIGKILL');
  const limit = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, OUTPUT_LIMIT_MS);
  await closed;
  clearTimeout(limit);
  const number = signal === null ? undefined : constants.signals[signal];
  return { code: code ?? 128 + (number ?? 0), signal: number };
}
