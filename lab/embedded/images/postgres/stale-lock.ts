/** Removes the lock file that a killed server has left behind. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * PostgreSQL takes a lock file for valid when any process has the id in it, and ids are used again, above all after a
 * reboot. In a container that cannot happen, since each has ids of its own. A lock that a living server holds is kept.
 */
export function removeStaleLock(dataDirectory: string): void {
  const file = join(dataDirectory, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return;
  }
  if (!servesFrom(pid, dataDirectory)) rmSync(file, { force: true });
}

function servesFrom(pid: number, dataDirectory: string): boolean {
  try {
    // A server's working directory is its data directory.
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory);
    return /postgres/.test(execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    // No such process, or one of another user.
    return false;
  }
}
