/** kind's configuration file (kind.x-k8s.io/v1alpha4), made from provision/cluster.yaml. Pure. */
import { stringify } from 'yaml';
import type { ClusterFile, TimingProfile } from '../cluster-file.ts';
import { apiServerArguments, controllerManagerArguments, kubeletTiming } from '../kubeadm-timing.ts';

/** kind names the nodes itself: `log-lab-control-plane`, `log-lab-worker`, `log-lab-worker2`. */
export const KIND_CLUSTER = 'log-lab';

export function kindConfiguration(file: ClusterFile, timing: TimingProfile): string {
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: KIND_CLUSTER,
    networking: { podSubnet: file.network.podCidr, serviceSubnet: file.network.serviceCidr },
    kubeadmConfigPatches: [stringify(clusterPatch(timing)), stringify(kubeletPatch(timing))],
    nodes: file.nodes.map(({ role }) => ({ role, image: file.images.kindNode })),
  });
}

/**
 * Without apiVersion, and with arguments as a mapping: kind then puts them into whichever of kubeadm's formats the
 * Kubernetes of the node image wants (a mapping up to 1.35, a list since), beside its own arguments.
 */
function clusterPatch(timing: TimingProfile): Record<string, unknown> {
  return {
    kind: 'ClusterConfiguration',
    apiServer: { extraArgs: apiServerArguments(timing) },
    controllerManager: { extraArgs: controllerManagerArguments(timing) },
  };
}

function kubeletPatch(timing: TimingProfile): Record<string, unknown> {
  return { kind: 'KubeletConfiguration', ...kubeletTiming(timing) };
}
