/** Signals to whole trees of processes. */
import { processTable, processTree } from './process-table.ts';

/** Sends to one process, or with a negative id to its group. False when it does not exist any more. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Kills everything that belongs to these roots, also what has left their process groups. */
export function killTrees(roots: readonly number[]): void {
  const table = processTable();
  for (const root of roots) {
    for (const { pid } of processTree(table, root)) sendSignal(pid, 'SIGKILL');
    // What was forked since the table was read.
    sendSignal(-root, 'SIGKILL');
  }
}

/** Stops (SIGSTOP) everything that belongs to these roots, as a loss of power does. */
export function freezeTrees(roots: readonly number[]): void {
  const frozen = new Set<number>();
  // A process may have forked before it was stopped: look again until nothing new turns up.
  for (let before = -1; before !== frozen.size;) {
    before = frozen.size;
    const table = processTable();
    for (const { pid } of roots.flatMap((root) => processTree(table, root))) {
      if (!frozen.has(pid)) sendSignal(pid, 'SIGSTOP');
      frozen.add(pid);
    }
  }
}
