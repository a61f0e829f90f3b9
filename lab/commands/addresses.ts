/** Where the system under test can be reached, for people. */
import type { Cluster } from '../cluster/cluster.ts';
import { LabError } from '../exit-codes.ts';

const TARGETS = ['service/log-processor', 'ingress/stats-display'];

/** Without the address of a port-forward, which would be gone when it is read. */
export async function printAddresses(cluster: Cluster, print: (line: string) => void): Promise<void> {
  // Loaded late: what it needs would hold up the start of a cluster.
  const { Targets } = await import('../scenario/targets.ts');
  const targets = new Targets(cluster);
  for (const name of TARGETS) {
    try {
      const target = await targets.resolve(name);
      if (target.isForwarded) {
        print(`  ${name}: only while a scenario runs (${target.via})`);
        continue;
      }
      print(`  ${name}: ${target.host}:${target.port} (${target.via})`);
      if (target.balancing === 'per-request') {
        const url = `http://${target.host}:${target.port}/stats-display`;
        print(`    curl -H 'Host: ${target.hostHeader}' ${url}`);
      }
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      print(`  ${name}: ${error.message}`);
    }
  }
  await targets.close();
}
