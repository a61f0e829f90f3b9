/** What a run ran on. */
import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import { digestManifests } from '../cluster/manifests.ts';
import type { Environment } from '../history/history.ts';
import { PROJECT_DIRECTORY, projectPath } from '../project.ts';
import type { Provider } from '../providers/provider.ts';

export async function describeEnvironment(cluster: Cluster, provider: Provider, app: string): Promise<Environment> {
  const [kubernetesVersion, nodes, commit, manifestsSha256, timing, tolerationSeconds] = await Promise.all([
    cluster.version(),
    cluster.list('v1', 'Node'),
    gitCommit(),
    digestManifests(projectPath('manifests')),
    provider.timing(),
    unreachableToleration(cluster, app),
  ]);
  return {
    provider: provider.name,
    kubernetesVersion,
    nodes: nodes.map((node) => ({
      name: node.metadata.name,
      role: node.metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane',
      cpu: node.status.capacity.cpu,
      memory: node.status.capacity.memory,
      kubeletVersion: node.status.nodeInfo.kubeletVersion,
      osImage: node.status.nodeInfo.osImage,
    })),
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
      cpus: cpus().length,
      memoryBytes: totalmem(),
      nodeVersion: process.version,
    },
    commit,
    manifestsSha256,
    timing: { ...timing, tolerationSeconds },
  };
}

async function gitCommit(): Promise<string | null> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: PROJECT_DIRECTORY })).stdout.trim();
  try {
    const dirty = (await git('status', '--porcelain', '--', '.', ':!reports')) !== '';
    return `${await git('rev-parse', 'HEAD')}${dirty ? '-dirty' : ''}`;
  } catch {
    return null;
  }
}

/** How long the app's pods tolerate a node that cannot be reached, as the API server has completed them. */
async function unreachableToleration(cluster: Cluster, app: string): Promise<number | null> {
  const pod = (await cluster.pods(app))[0];
  const tolerations: { key?: string; tolerationSeconds?: number }[] = pod?.spec.tolerations ?? [];
  const toleration = tolerations.find((entry) => entry.key === 'node.kubernetes.io/unreachable');
  return toleration?.tolerationSeconds ?? null;
}
