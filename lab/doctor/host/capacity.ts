import { parseQuantity } from '../quantity.ts';
import { fail, ok, warn, type HostCheck } from '../check.ts';

const GIB = 2 ** 30;
/** The host's own needs beside the machines. */
const SPARE_MEMORY_BYTES = 1.5 * GIB;
/** A box, three linked clones with images and volumes. */
const DISK_BYTES = 25 * GIB;

export const memory: HostCheck = {
  name: 'free memory',
  providers: ['vagrant'],
  async run(host, file) {
    const wanted = file.nodes.reduce((sum, node) => sum + parseQuantity(node.memory), 0);
    const detail = `${gib(host.freeMemoryBytes)} free, the machines take ${gib(wanted)}`;
    if (host.freeMemoryBytes >= wanted + SPARE_MEMORY_BYTES) return ok(detail);
    const fix =
      'close browsers and other machines, or make the nodes smaller in provision/cluster.yaml (at least 1700Mi for cp)';
    return host.freeMemoryBytes >= wanted ? warn(detail, fix) : fail(detail, fix);
  },
};

export const disk: HostCheck = {
  name: 'free disk',
  providers: ['vagrant'],
  async run(host) {
    const home = host.environment['VAGRANT_HOME'] ?? host.environment['HOME'] ?? host.environment['USERPROFILE'] ?? '.';
    const free = await host.freeDiskBytes(home);
    const detail = `${gib(free)} at ${home}, about ${gib(DISK_BYTES)} are used`;
    return free >= DISK_BYTES
      ? ok(detail)
      : fail(detail, 'free some, or set VAGRANT_HOME (and the hypervisor) to a larger disk');
  },
};

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
