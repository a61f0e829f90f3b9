/** Ties children to this process where the system can, so that a crash of the cluster leaves none behind. */
import { spawnSync } from 'node:child_process';

let prefix: string[] | undefined;

/**
 * Words to put before a command so that the kernel kills it when this process ends (prctl PR_SET_PDEATHSIG), through
 * util-linux's setpriv, which executes the command in its own place. Empty where there is no such thing: then orphans
 * are found by their records (reap.ts).
 */
export function diesWithParent(): string[] {
  prefix ??= isSupported() ? ['setpriv', '--pdeathsig', 'SIGKILL', '--'] : [];
  return prefix;
}

function isSupported(): boolean {
  if (process.platform !== 'linux') return false;
  return spawnSync('setpriv', ['--pdeathsig', 'SIGKILL', '--', 'true'], { stdio: 'ignore' }).status === 0;
}
