/** The timing of a cluster that somebody else has set up: as its controller manager's arguments show, else Kubernetes' defaults. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterTiming } from './provider.ts';

/** kubeadm and kind run the controller manager as a pod with this label; elsewhere it is out of sight. */
const CONTROLLER_MANAGER = { namespace: 'kube-system', labelSelector: 'component=kube-controller-manager' };

const GRACE_PERIOD_GREW_IN_MINOR = 32;
const UNIT_SECONDS = { h: 3600, m: 60, s: 1, ms: 0.001 } as const;

export async function observeTiming(cluster: Cluster): Promise<ClusterTiming> {
  const version = await cluster.version();
  // Whoever may not look into kube-system runs with the defaults.
  const managers = await cluster.list('v1', 'Pod', CONTROLLER_MANAGER).catch(() => []);
  const args: string[] = managers.flatMap((pod) =>
    pod.spec.containers.flatMap(({ command = [], args = [] }: { command?: string[]; args?: string[] }) => [
      ...command,
      ...args,
    ]),
  );
  return timingOf(version, args);
}

/**
 * Pure. Without arguments all values are assumed. The kubelets' heartbeats are not shown anywhere.
 * Source of the defaults: Kubernetes' reference of kube-controller-manager (a grace period of 40 s up to 1.31, of 50 s
 * since) and of the kubelet's configuration.
 */
export function timingOf(version: string, args: readonly string[]): ClusterTiming {
  const minor = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  const defaults = `Kubernetes' defaults for ${version}`;
  const flag = (name: string): number | undefined => {
    const argument = args.find((arg) => arg.startsWith(`--${name}=`));
    return argument === undefined ? undefined : goDurationSeconds(argument.slice(name.length + 3));
  };
  return {
    nodeStatusUpdateFrequencySeconds: 10,
    nodeMonitorPeriodSeconds: flag('node-monitor-period') ?? 5,
    nodeMonitorGracePeriodSeconds: flag('node-monitor-grace-period') ?? (minor < GRACE_PERIOD_GREW_IN_MINOR ? 40 : 50),
    source: args.length === 0 ? `${defaults}, assumed` : `kube-controller-manager's arguments, else ${defaults}`,
  };
}

/** `1m30s` as Go writes it. */
function goDurationSeconds(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * UNIT_SECONDS[unit as 'h'], 0);
}
