/** Runs programs under PostgreSQL's account. */
import { spawn, spawnSync } from 'node:child_process';
import { findExecutable } from '../../kubelet/process/executable.ts';
import type { Account } from './account.ts';

/** Runs a program to its end; its output goes where ours goes. Throws Error when it fails. */
export function run(argv: readonly string[], account: Account, input: string = ''): void {
  const [command, ...args] = [...account.prefix, ...argv];
  const { status, signal, error } = spawnSync(command!, args, {
    ...account.switchTo,
    input,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${argv[0]} failed (${signal ?? `exit code ${status}`})`);
}

/**
 * Becomes the program, as `exec` in a shell: same process id, so that signals reach it. Where Node cannot do that
 * (Windows), the program is a child and this process stands for it.
 */
export function become(argv: readonly string[], account: Account): void {
  const [command, ...args] = [...account.prefix, ...argv];
  const file = findExecutable(command!, process.env.PATH ?? '', process.cwd());
  if (process.platform === 'win32' || process.execve === undefined) return standFor(file, args);
  if (account.switchTo) switchTo(account.switchTo);
  process.execve(file, [command!, ...args], process.env);
}

function switchTo({ uid, gid }: { uid: number; gid: number }): void {
  process.setgroups!([]);
  process.setgid!(gid);
  process.setuid!(uid);
}

function standFor(file: string, args: string[]): void {
  const child = spawn(file, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
