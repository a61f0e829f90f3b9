/** The Node object that a kubelet registers and keeps up to date. */
import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { arch, platform, release, type, version } from 'node:os';
import type { Node, NodeCondition, NodeStatus, NodeSystemInfo } from 'kubernetes-types/core/v1.js';
import { withCondition } from '../../api/conditions.ts';
import type { Images } from '../../images/images.ts';
import type { EmbeddedSettings, NodeSettings } from '../../settings.ts';
import { timestamp } from '../container/exit-state.ts';

export interface NodeFacts {
  node: NodeSettings;
  settings: EmbeddedSettings;
  address: string;
  podCidr: string;
  bootId: string;
  images: Images;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Node's names of processors to Go's, which Kubernetes uses. */
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64', ia32: '386', arm: 'arm' };

export function nodeLabels({ name, role }: NodeSettings): Record<string, string> {
  const architecture = goArchitecture();
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': goPlatform(),
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': goPlatform(),
    ...(role === 'control-plane' && { [CONTROL_PLANE]: '' }),
  };
}

export function newNode({ node, podCidr }: NodeFacts): Node {
  return {
    metadata: { name: node.name, labels: nodeLabels(node) },
    spec: {
      podCIDR: podCidr,
      podCIDRs: [podCidr],
      ...(node.role === 'control-plane' && { taints: [{ key: CONTROL_PLANE, effect: 'NoSchedule' }] }),
    },
  };
}

/** `before` is the present status, of which conditions keep their transition times. */
export function nodeStatus(facts: NodeFacts, before: NodeStatus | undefined): NodeStatus {
  const { node, settings, address, images } = facts;
  const resources = {
    cpu: node.cpu,
    memory: node.memory,
    pods: String(node.pods),
    'ephemeral-storage': `${diskKibibytes(settings.directory)}Ki`,
  };
  return {
    ...before,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: node.name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: healthyConditions(before?.conditions),
    nodeInfo: nodeInfo(facts),
    images: images.names().map((name) => ({ names: [name], sizeBytes: 0 })),
  };
}

function healthyConditions(before: NodeCondition[] | undefined): NodeCondition[] {
  const now = timestamp();
  const conditions = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ] as const;
  return conditions.reduce<NodeCondition[]>((list, [type, status, reason, message]) => {
    const condition = { type, status, reason, message, lastHeartbeatTime: now };
    return withCondition(list, condition);
  }, before ?? []);
}

/** The ids of a machine are made from the lab's, so that they last as long as the machine does. */
function nodeInfo({ node, settings, bootId }: NodeFacts): NodeSystemInfo {
  const id = createHash('sha256').update(`${settings.labId}/${node.name}`).digest('hex').slice(0, 32);
  return {
    machineID: id,
    systemUUID: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    bootID: bootId,
    kernelVersion: release(),
    osImage: `${type()} ${version()}`,
    containerRuntimeVersion: `lab://${process.versions.node}`,
    kubeletVersion: settings.kubernetesVersion,
    kubeProxyVersion: '',
    operatingSystem: goPlatform(),
    architecture: goArchitecture(),
  };
}

function diskKibibytes(directory: string): number {
  const { blocks, bsize } = statfsSync(directory);
  return Math.floor((blocks * bsize) / 1024);
}

function goPlatform(): string {
  return platform() === 'win32' ? 'windows' : platform();
}

function goArchitecture(): string {
  return ARCHITECTURES[arch()] ?? arch();
}
