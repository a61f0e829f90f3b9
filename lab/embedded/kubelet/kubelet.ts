/** The agent of one node: runs the pods that are bound to it, and stands for its power switch. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import type { ApiClient } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { recordEvent } from '../controllers/events.ts';
import type { Images } from '../images/images.ts';
import { addressPlan } from '../network/address-plan.ts';
import type { PodNetwork } from '../network/network.ts';
import type { EmbeddedSettings, NodeSettings } from '../settings.ts';
import type { KubeletContext } from './context.ts';
import { createMemoryWatch } from './memory.ts';
import type { ExecOptions, LogOptions, NodeAgent } from './node-agent.ts';
import type { NodeFacts } from './node/node-object.ts';
import type { PodWorker } from './pod/pod-worker.ts';
import { freezeTrees, killTrees } from './process/signals.ts';
import { KubeletSession } from './session.ts';
import { execute, forwardPort, openLog } from './streams.ts';

export interface KubeletOptions {
  node: NodeSettings;
  /** The node's place in the address plan. */
  nodeIndex: number;
  settings: EmbeddedSettings;
  client: ApiClient;
  network: PodNetwork;
  images: Images;
}

export interface Kubelet extends NodeAgent {
  /** Boots the node: registers it and starts the pods that are bound to it. */
  start(): void;
  /**
   * Ends all pods, those with claims last because others may still have something to store, and kills what is left after
   * the grace period. Hooks are not run and nothing is said to the API: the whole cluster ends. The node stays off.
   */
  stop(graceSeconds: number): Promise<void>;
}

export function createKubelet(options: KubeletOptions): Kubelet {
  return new NodeKubelet(options);
}

/** The pods of a node without power. */
interface FrozenPods {
  workers: PodWorker[];
  /** Ids of the processes from which all frozen ones descend. */
  roots: number[];
  /** Resolves when all of them are dead. */
  gone: Promise<unknown>;
}

class NodeKubelet implements Kubelet {
  readonly nodeName: string;
  readonly #options: KubeletOptions;
  #session: KubeletSession | undefined;
  #end = new AbortController();
  #frozen: FrozenPods | undefined;
  #powerBack = Promise.withResolvers<void>();

  constructor(options: KubeletOptions) {
    this.#options = options;
    this.nodeName = options.node.name;
  }

  get powered(): boolean {
    return this.#session !== undefined;
  }

  start(): void {
    this.#boot();
  }

  async stop(graceSeconds: number): Promise<void> {
    if (this.#session) await this.#stopPods(this.#session.workers, graceSeconds);
    else await this.#killFrozen();
    this.#session = undefined;
    this.#powerBack.resolve();
  }

  async logs(namespace: string, pod: string, options: LogOptions): Promise<Readable> {
    return openLog(await this.#findPod(namespace, pod), options);
  }

  async exec(namespace: string, pod: string, options: ExecOptions): Promise<number> {
    return execute(await this.#findPod(namespace, pod), options);
  }

  async portForward(namespace: string, pod: string, port: number): Promise<Duplex> {
    return forwardPort(await this.#findPod(namespace, pod), port, this.#options.network);
  }

  powerOff(): void {
    if (!this.#session) return;
    const { workers } = this.#session;
    this.#session = undefined;
    this.#powerBack = Promise.withResolvers();
    // First, so that no timer of the kubelet acts on what is frozen.
    this.#end.abort();
    const roots = workers.flatMap((worker) => worker.roots);
    freezeTrees(roots);
    this.#frozen = { workers, roots, gone: Promise.all(workers.map((worker) => worker.abandon())) };
  }

  /** What is frozen is killed, never thawed: it would first finish what its clients have long given up. */
  async powerOn(): Promise<void> {
    if (this.#session) return;
    await this.#killFrozen();
    this.#boot();
    this.#powerBack.resolve();
  }

  #boot(): void {
    const { client, node } = this.#options;
    const facts = this.#nodeFacts();
    const context = this.#newContext(facts);
    const known = client.find('nodes', undefined, node.name);
    this.#session = new KubeletSession(context, facts);
    const registered = client.get('nodes', undefined, node.name);
    const record = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
      recordEvent(client, registered, type, reason, message, 'kubelet', { host: node.name });
    record('Normal', 'Starting', 'Starting kubelet.');
    if (known) record('Warning', 'Rebooted', `Node ${node.name} has been rebooted, boot id: ${facts.bootId}`);
    record('Normal', 'NodeReady', `Node ${node.name} status is now: NodeReady`);
  }

  #newContext({ address }: NodeFacts): KubeletContext {
    const { node, settings, client, network, images } = this.#options;
    this.#end = new AbortController();
    const ended = this.#end.signal;
    const memory = createMemoryWatch();
    ended.addEventListener('abort', () => memory.stop(), { once: true });
    return {
      node,
      nodeIP: address,
      settings,
      client,
      network,
      images,
      memory,
      ended,
      record: (pod, type, reason, message, container) => {
        if (ended.aborted) return;
        const list = container?.kind === 'main' ? 'containers' : 'initContainers';
        const fieldPath = container && `spec.${list}{${container.name}}`;
        recordEvent(client, pod, type, reason, message, 'kubelet', { host: node.name, fieldPath });
      },
    };
  }

  #nodeFacts(): NodeFacts {
    const { node, nodeIndex, settings, images } = this.#options;
    const plan = addressPlan(settings.addressBlock, settings.nodes.length);
    return {
      node,
      settings,
      images,
      address: plan.node(nodeIndex),
      podCidr: plan.podRange(nodeIndex).cidr,
      bootId: randomUUID(),
    };
  }

  async #stopPods(workers: PodWorker[], graceSeconds: number): Promise<void> {
    this.#end.abort();
    const end = (some: PodWorker[]): Promise<unknown> =>
      Promise.all(some.map((worker) => worker.stop(graceSeconds, { hooks: false })));
    await end(workers.filter(({ hasClaims }) => !hasClaims));
    await end(workers.filter(({ hasClaims }) => hasClaims));
  }

  async #killFrozen(): Promise<void> {
    if (!this.#frozen) return;
    const { workers, roots, gone } = this.#frozen;
    this.#frozen = undefined;
    killTrees(roots);
    await gone;
    await this.#forgetDeleted(workers);
  }

  /** Pods that were deleted during the outage leave nothing behind; the logs of the others stay. */
  async #forgetDeleted(workers: PodWorker[]): Promise<void> {
    const { client, settings } = this.#options;
    for (const { pod } of workers) {
      const { namespace, name, uid } = pod.metadata;
      const current = client.find('pods', namespace, name)?.metadata;
      if (current?.uid === uid && current.deletionTimestamp === undefined) continue;
      await rm(join(settings.directory, 'pods', uid), { recursive: true, force: true });
    }
  }

  /** Hangs while the node is without power. Throws ApiError 404 for a pod that is not this node's. */
  async #findPod(namespace: string, name: string): Promise<PodWorker> {
    if (!this.#session) {
      await this.#powerBack.promise;
      throw new ApiError('ServiceUnavailable', `the connection to node ${this.nodeName} was lost`);
    }
    const pod = this.#options.client.find('pods', namespace, name);
    const worker = pod && this.#session.find(pod.metadata.uid);
    if (!worker) throw new ApiError('NotFound', `pods "${name}" not found`, { kind: 'pods', name });
    return worker;
  }
}
