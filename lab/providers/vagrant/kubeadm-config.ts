/** kubeadm's configuration files (v1beta4), made from provision/cluster.yaml. Pure. */
import { stringify } from 'yaml';
import type { ClusterFile, ClusterNode, TimingProfile } from '../cluster-file.ts';
import { apiServerArguments, controllerManagerArguments, kubeletTiming } from '../kubeadm-timing.ts';

const KUBEADM = 'kubeadm.k8s.io/v1beta4';
const CRI_SOCKET = 'unix:///run/containerd/containerd.sock';
const API_PORT = 6443;

export interface JoinSecrets {
  token: string;
  /** `sha256:` and the hash of the public key of the cluster's certificate. */
  caCertHash: string;
}

type Document = Record<string, unknown>;

/** Settings by kind, merged into the documents of that kind: for machines that differ from the canonical ones. */
export type Overrides = Record<string, Document>;

export function controlPlaneNode(file: ClusterFile): ClusterNode {
  return file.nodes.find((node) => node.role === 'control-plane')!;
}

export function workerNodes(file: ClusterFile): ClusterNode[] {
  return file.nodes.filter((node) => node.role === 'worker');
}

/** What `kubeadm init --config` takes: cluster, node, kubelets and kube-proxies. */
export function initConfiguration(file: ClusterFile, timing: TimingProfile, overrides: Overrides = {}): string {
  const node = controlPlaneNode(file);
  const init = {
    apiVersion: KUBEADM,
    kind: 'InitConfiguration',
    // kubeadm makes one in any case, good for a day, and nobody needs it: workers join with a token of their own.
    bootstrapTokens: [{ ttl: '1m0s' }],
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: API_PORT },
    nodeRegistration: nodeRegistration(node),
  };
  return toYaml(
    [init, clusterConfiguration(file, timing), kubeletConfiguration(file, timing), kubeProxyConfiguration(file)],
    overrides,
  );
}

/** What `kubeadm join --config` takes on one worker. It holds the token: never write it where others can read it. */
export function joinConfiguration(
  file: ClusterFile,
  node: ClusterNode,
  { token, caCertHash }: JoinSecrets,
  overrides: Overrides = {},
): string {
  const join = {
    apiVersion: KUBEADM,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${controlPlaneNode(file).address}:${API_PORT}`,
        token,
        caCertHashes: [caCertHash],
      },
    },
    nodeRegistration: nodeRegistration(node),
  };
  return toYaml([join], overrides);
}

/** Virtual machines have a second address, the same on all of them, and kubelet would take that one. */
function nodeRegistration(node: ClusterNode): Document {
  return {
    name: node.name,
    criSocket: CRI_SOCKET,
    imagePullPolicy: 'IfNotPresent',
    kubeletExtraArgs: [{ name: 'node-ip', value: node.address }],
  };
}

function clusterConfiguration(file: ClusterFile, timing: TimingProfile): Document {
  const node = controlPlaneNode(file);
  return {
    apiVersion: KUBEADM,
    kind: 'ClusterConfiguration',
    clusterName: 'log-lab',
    kubernetesVersion: file.kubernetesVersion,
    networking: {
      podSubnet: file.network.podCidr,
      serviceSubnet: file.network.serviceCidr,
      dnsDomain: file.network.clusterDomain,
    },
    apiServer: {
      // Localhost for those who reach the API server through a forwarded port.
      certSANs: [node.address, node.name, 'localhost', '127.0.0.1'],
      extraArgs: argumentList(apiServerArguments(timing)),
    },
    controllerManager: { extraArgs: argumentList(controllerManagerArguments(timing)) },
  };
}

function argumentList(values: Record<string, string>): Document[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function kubeletConfiguration(file: ClusterFile, timing: TimingProfile): Document {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: 'systemd',
    clusterDomain: file.network.clusterDomain,
    maxPods: Math.min(...file.nodes.map((node) => node.pods)),
    ...kubeletTiming(timing),
  };
}

function kubeProxyConfiguration(file: ClusterFile): Document {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clusterCIDR: file.network.podCidr,
  };
}

function toYaml(documents: readonly Document[], overrides: Overrides): string {
  return documents.map((document) => stringify(merge(document, overrides[document['kind'] as string]))).join('---\n');
}

function merge(base: Document, override: Document | undefined): Document {
  const result = { ...base };
  for (const [key, value] of Object.entries(override ?? {})) {
    const before = result[key];
    result[key] = isDocument(before) && isDocument(value) ? merge(before, value) : value;
  }
  return result;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
