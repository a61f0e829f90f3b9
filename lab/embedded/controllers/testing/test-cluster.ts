/** For tests: a cluster of the real API, controllers and scheduler, with kubelets that only pretend to run pods. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, Pod, PodSpec } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { createApiClient } from '../../api/in-process-client.ts';
import { timestamp } from '../../api/metadata.ts';
import type { Stored } from '../../api/types.ts';
import { startScheduler } from '../../scheduler/index.ts';
import type { EmbeddedSettings, NodeSettings } from '../../settings.ts';
import { startControllers } from '../index.ts';
import { withCondition } from '../shared/conditions.ts';
import { updateStatus } from '../shared/write.ts';

const NODES: NodeSettings[] = [
  { name: 'cp', role: 'control-plane', cpu: '2', memory: '2Gi', pods: 110 },
  { name: 'w1', role: 'worker', cpu: '2', memory: '2Gi', pods: 110 },
  { name: 'w2', role: 'worker', cpu: '2', memory: '2Gi', pods: 110 },
];

/** How long a pod takes to stop. */
const STOP_MS = 10;

export interface TestCluster {
  client: ApiClient;
  settings: EmbeddedSettings;
  /** Stops a node's kubelet without a word. */
  powerOff(node: string): void;
  powerOn(node: string): void;
  stop(): void;
}

export interface TestClusterOptions {
  /** Keeps volumes of an earlier cluster. */
  directory?: string;
  /** Whether pods become ready. Default: all. */
  becomesReady?: (pod: Stored<Pod>) => boolean;
  /** What the pod's programs exit with; undefined: they go on running. Default: undefined. */
  exitCode?: (pod: Stored<Pod>) => number | undefined;
}

export function startTestCluster(options: TestClusterOptions = {}): TestCluster {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'controllers-test-'));
  const settings = testSettings(directory);
  const client = createApiClient({ serviceCidr: '127.42.96.0/20', defaultTolerationSeconds: 1 });
  const controllers = startControllers(client, settings);
  const scheduler = startScheduler(client);
  const kubelets = new Map(
    settings.nodes.map((node, index) => [node.name, new FakeKubelet(client, node, index, options)]),
  );
  for (const kubelet of kubelets.values()) kubelet.start();
  return {
    client,
    settings,
    powerOff: (node) => kubelets.get(node)!.stop(),
    powerOn: (node) => kubelets.get(node)!.start(),
    stop() {
      for (const kubelet of kubelets.values()) kubelet.stop();
      scheduler.stop();
      controllers.stop();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function testSettings(directory: string): EmbeddedSettings {
  return {
    labId: 'test',
    directory,
    projectDirectory: directory,
    addressBlock: 42,
    token: 'token',
    kubernetesVersion: 'v1.35.0',
    nodes: NODES,
    timing: {
      nodeStatusUpdateFrequencySeconds: 0.05,
      nodeMonitorPeriodSeconds: 0.05,
      nodeMonitorGracePeriodSeconds: 0.4,
      defaultTolerationSeconds: 1,
      crashLoopBackOffInitialSeconds: 1,
      crashLoopBackOffMaxSeconds: 1,
    },
    profile: 'test',
    ingressClass: 'nginx',
    clusterDomain: 'cluster.local',
  };
}

class FakeKubelet {
  readonly #client: ApiClient;
  readonly #settings: NodeSettings;
  readonly #index: number;
  readonly #options: TestClusterOptions;
  #stops: (() => void)[] = [];
  #addresses = 0;

  constructor(client: ApiClient, settings: NodeSettings, index: number, options: TestClusterOptions) {
    this.#client = client;
    this.#settings = settings;
    this.#index = index;
    this.#options = options;
  }

  start(): void {
    this.#register();
    const renewal = setInterval(() => this.#renewLease(), 50);
    const fieldSelector = `spec.nodeName=${this.#settings.name}`;
    const stopWatch = this.#client.watch('pods', { fieldSelector }, ({ type, object: pod }) => {
      if (type !== 'DELETED') this.#sync(pod);
    });
    this.#stops = [() => clearInterval(renewal), stopWatch];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #register(): void {
    const { name } = this.#settings;
    const node = this.#client.find('nodes', undefined, name) ?? this.#client.create('nodes', newNode(this.#settings));
    const { cpu, memory, pods } = this.#settings;
    const allocatable = { cpu, memory, pods: String(pods) };
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
    const conditions = withCondition(node.status?.conditions, { ...ready, lastHeartbeatTime: timestamp() });
    updateStatus(this.#client, 'nodes', node, { capacity: allocatable, allocatable, conditions });
    this.#renewLease();
  }

  #renewLease(): void {
    const { name } = this.#settings;
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: 40,
      renewTime: `${new Date().toISOString().slice(0, -1)}000Z`,
    };
    const lease = this.#client.find('leases', 'kube-node-lease', name);
    const metadata = lease?.metadata ?? { namespace: 'kube-node-lease', name };
    if (lease) this.#client.update('leases', { metadata, spec });
    else this.#client.create('leases', { metadata, spec });
  }

  #sync(seen: Stored<Pod>): void {
    const { namespace, name, uid } = seen.metadata;
    const pod = this.#client.find('pods', namespace, name);
    if (pod?.metadata.uid !== uid) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      setTimeout(() => this.#finish(pod), STOP_MS);
      return;
    }
    const exitCode = this.#options.exitCode?.(pod);
    if (exitCode !== undefined) {
      updateStatus(this.#client, 'pods', pod, finishedStatus(pod, exitCode));
      return;
    }
    const ready = this.#options.becomesReady?.(pod) ?? true;
    const podIP = pod.status?.podIP ?? `127.42.${this.#index + 1}.${++this.#addresses}`;
    const condition = { type: 'Ready', status: ready ? 'True' : 'False' };
    const conditions = withCondition(pod.status?.conditions, condition);
    updateStatus(this.#client, 'pods', pod, { ...pod.status, phase: 'Running', podIP, conditions });
  }

  /** A pod with finalizers stays for a while after its containers have ended. */
  #finish({ metadata }: Stored<Pod>): void {
    const { namespace, name, uid } = metadata;
    const pod = this.#client.find('pods', namespace, name);
    if (this.#stops.length === 0 || pod?.metadata.uid !== uid || !pod.metadata.deletionGracePeriodSeconds) return;
    this.#client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
  }
}

function newNode({ name, role }: NodeSettings): Node {
  const taints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    ...(role === 'control-plane' && { spec: { taints } }),
  };
}

function finishedStatus(pod: Stored<Pod>, exitCode: number): NonNullable<Pod['status']> {
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const conditions = withCondition(pod.status?.conditions, { type: 'Ready', status: 'False' });
  const finishedAt = pod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? timestamp();
  const state = { terminated: { exitCode, reason, finishedAt } };
  const container = { name: 'main', ready: false, restartCount: 0, image: 'x', imageID: '', state };
  return { ...pod.status, phase, conditions, containerStatuses: [container] };
}

/** A pod template with one container that asks for nothing. */
export function template(app: string, spec: Partial<PodSpec> = {}) {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'main', image: `${app}:1` }], terminationGracePeriodSeconds: 5, ...spec },
  };
}

/** Waits until `probe` returns something true, which it returns. Throws when that takes longer than `seconds`. */
export async function eventually<T>(what: string, probe: () => T, seconds = 15): Promise<T & {}> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const result = probe();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
