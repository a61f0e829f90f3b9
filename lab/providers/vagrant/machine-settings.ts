/** settings.env: what the scripts of provision/ need to know of cluster.yaml, as shell variables. Pure. */
import type { ClusterFile, ComponentName } from '../cluster-file.ts';

/** One `NAME='value'` a line, safe to source. */
export function machineSettings(file: ClusterFile, options: { withBundle: boolean }): string {
  return Object.entries(variables(file, options.withBundle))
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

function variables(file: ClusterFile, withBundle: boolean): Record<string, string> {
  const { network, packages } = file;
  const kubernetesVersion = file.kubernetesVersion.slice(1);
  const minor = minorOf(kubernetesVersion);
  const ofMinor = (url: string): string => url.replaceAll('{minor}', minor);
  return {
    WITH_BUNDLE: withBundle ? 'yes' : 'no',
    KUBERNETES_VERSION: kubernetesVersion,
    KUBERNETES_REPOSITORY: ofMinor(packages.kubernetes.repository),
    KUBERNETES_KEY_URL: ofMinor(packages.kubernetes.keyUrl),
    KUBERNETES_KEY_FINGERPRINT: packages.kubernetes.keyFingerprint,
    CONTAINERD_VERSION: packages.containerd.version,
    CONTAINERD_REPOSITORY: packages.containerd.repository,
    CONTAINERD_KEY_URL: packages.containerd.keyUrl,
    CONTAINERD_KEY_FINGERPRINT: packages.containerd.keyFingerprint,
    HOST_ONLY_CIDR: network.hostOnlyCidr,
    NODE_HOSTS: file.nodes.map(({ address, name }) => `${address} ${name}`).join('\n'),
    LOAD_BALANCER_RANGE: network.loadBalancerRange,
    INGRESS_ADDRESS: network.ingressAddress,
    INGRESS_CLASS: network.ingressClass,
    STORAGE_CLASS: file.storageClass,
    NODE_IMAGE: file.images.node,
    OTHER_IMAGES: [file.images.node, file.images.postgres, file.images.helper].join('\n'),
    ...Object.assign({}, ...componentNames(file).map((name) => componentVariables(file, name))),
  };
}

function componentVariables(file: ClusterFile, name: ComponentName): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const { manifest, sha256 } = file.components[name];
  return { [`${prefix}_MANIFEST`]: manifest, [`${prefix}_SHA256`]: sha256 };
}

function componentNames(file: ClusterFile): ComponentName[] {
  return Object.keys(file.components) as ComponentName[];
}

/** `1.35` of `1.35.9` or `v1.35.9`. */
function minorOf(version: string): string {
  return version.replace(/^v/, '').split('.').slice(0, 2).join('.');
}

function quote(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
