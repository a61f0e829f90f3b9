/** From nothing to a ready system under test: what `lab:up` does, and `scenario` when no lab is up. */
import type { Cluster } from '../cluster/cluster.ts';
import { loadManifests } from '../cluster/manifests.ts';
import { projectPath } from '../project.ts';
import { loadClusterFile } from '../providers/cluster-file.ts';
import type { ClusterAccess, Provider } from '../providers/provider.ts';

const READY_LIMIT_MS = 120_000;

export interface BringUpOptions {
  profile?: string | undefined;
  bundle?: string | undefined;
  /** Directory of manifests; the project's own if not given. */
  manifests?: string | undefined;
  say: (message: string) => void;
  signal: AbortSignal;
}

/**
 * Reads the manifests first, so that nothing is started for files that cannot work. When anything fails, a cluster that this
 * call brought up is taken down again.
 */
export async function bringUp(
  provider: Provider,
  options: BringUpOptions,
): Promise<{ access: ClusterAccess; cluster: Cluster }> {
  const manifests = await loadManifests(options.manifests ?? projectPath('manifests'));
  const wasUp = (await provider.find()) !== undefined;
  try {
    // The client takes longer to load than the embedded cluster to start.
    const [access, { network }, { Cluster }, { deploy }, { withClasses }, { withImagesFrom }, { waitUntilReady }] =
      await Promise.all([
        provider.up(options),
        loadClusterFile(),
        import('../cluster/cluster.ts'),
        import('../cluster/deploy.ts'),
        import('../cluster/class-names.ts'),
        import('../cluster/image-names.ts'),
        import('../cluster/wait.ts'),
      ]);
    const cluster = new Cluster(access.kubeconfig, access.context);
    const { registry, databasePassword, storageClass, ingressClass = network.ingressClass } = access;
    const fitted = withClasses({ ingressClass, storageClass }, manifests);
    const named = registry === undefined ? fitted : withImagesFrom(registry, fitted);
    await deploy(cluster, named, databasePassword, options.say);
    await waitUntilReady(cluster, READY_LIMIT_MS, options.signal);
    return { access, cluster };
  } catch (error) {
    if (!wasUp) {
      await provider.down({ deleteData: false, say: options.say }).catch((cleanUp: unknown) => {
        options.say(`taking it down failed too: ${cleanUp instanceof Error ? cleanUp.message : String(cleanUp)}`);
      });
    }
    throw error;
  }
}

/** A client for a cluster that is up. */
export async function connect(access: ClusterAccess): Promise<Cluster> {
  const { Cluster } = await import('../cluster/cluster.ts');
  return new Cluster(access.kubeconfig, access.context);
}
