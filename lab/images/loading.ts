/** How images get onto the nodes of a cluster. Pure. */
import { basename } from 'node:path';

/** For nodes with containerd, to be run on each of them where the archives have been copied. */
export function importCommands(archives: readonly string[]): string[] {
  return archives.map((archive) => `sudo ctr -n k8s.io images import ${basename(archive)}`);
}
