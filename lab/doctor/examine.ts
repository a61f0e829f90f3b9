/** Runs the checks. A check that cannot be carried out is a finding too: it hides none of the others. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterFile } from '../providers/cluster-file.ts';
import type { Finding, Host } from './check.ts';
import { CLUSTER_CHECKS, HOST_CHECKS } from './registry.ts';

export interface Examined extends Finding {
  check: string;
}

export async function examineHost(provider: string, host: Host, file: ClusterFile): Promise<Examined[]> {
  const checks = HOST_CHECKS.filter(({ providers }) => providers.includes(provider));
  return Promise.all(checks.map((check) => examined(check.name, () => check.run(host, file))));
}

export async function examineCluster(
  provider: string,
  cluster: Cluster,
  file: ClusterFile,
  host: Host,
): Promise<Examined[]> {
  const checks = CLUSTER_CHECKS.filter(({ providers }) => providers.includes(provider));
  return Promise.all(checks.map((check) => examined(check.name, () => check.run(cluster, file, host))));
}

async function examined(check: string, run: () => Promise<Finding>): Promise<Examined> {
  try {
    return { check, ...(await run()) };
  } catch (error) {
    return { check, state: 'skipped', detail: `could not be carried out: ${(error as Error).message.split('\n')[0]}` };
  }
}
