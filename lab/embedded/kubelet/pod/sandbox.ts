/** What a pod's containers share: an address, volumes, a directory. */
import { EventEmitter, once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import type { PodAttachment } from '../../network/network.ts';
import { MountError, mountVolumes, type VolumePaths } from '../../volumes/volumes.ts';
import type { KubeletContext } from '../context.ts';
import type { PodFacts } from './downward-api.ts';

const RETRY_INITIAL_MS = 500;
const RETRY_MAX_MS = 10_000;

export class Sandbox {
  readonly directory: string;
  readonly #pod: () => Stored<Pod>;
  readonly #context: KubeletContext;
  readonly #changes = new EventEmitter();
  #attachment: PodAttachment | undefined;
  #volumes: VolumePaths = new Map();
  #ready = false;

  /** `pod` gives the newest state of the pod. */
  constructor(pod: () => Stored<Pod>, context: KubeletContext) {
    this.#pod = pod;
    this.#context = context;
    this.directory = join(context.settings.directory, 'pods', pod().metadata.uid);
    this.#changes.setMaxListeners(0);
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Undefined until the pod has one; stays when the sandbox is torn down. */
  get podIP(): string | undefined {
    return this.#attachment?.podIP;
  }

  /** Throws Error before the pod has an address. */
  get attachment(): PodAttachment {
    if (!this.#attachment) throw new Error(`pod ${this.#pod().metadata.name} has no address yet`);
    return this.#attachment;
  }

  get volumes(): VolumePaths {
    return this.#volumes;
  }

  facts(): PodFacts {
    const { node, nodeIP } = this.#context;
    return { pod: this.#pod(), podIP: this.podIP ?? '', hostIP: nodeIP, allocatable: node };
  }

  /** Tries until it succeeds. Rejects when the signal aborts. */
  async setUp(signal: AbortSignal): Promise<void> {
    for (let retryMs = RETRY_INITIAL_MS; ; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      try {
        this.#attachment ??= await this.#attach();
        signal.throwIfAborted();
        this.#volumes = this.#mount();
        this.#ready = true;
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#warn(error as Error);
      }
      await this.pause(retryMs, signal);
    }
  }

  /** Brings volumes that show objects of the API up to date. */
  refresh(): void {
    if (!this.#ready) return;
    try {
      this.#mount();
    } catch (error) {
      this.#warn(error as Error);
    }
  }

  /** A ConfigMap or Secret of the pod's namespace has changed. */
  configChanged(): void {
    this.refresh();
    this.#changes.emit('change');
  }

  /** Resolves after the time, or before when a ConfigMap or Secret has changed. Rejects when the signal aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    try {
      await Promise.race([delay(ms, undefined, { signal: either }), once(this.#changes, 'change', { signal: either })]);
    } finally {
      over.abort();
    }
  }

  /** Gives the address back. */
  tearDown(): void {
    this.#ready = false;
    this.#context.network.detach(this.#pod().metadata.uid);
  }

  async removeFiles(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #attach(): Promise<PodAttachment> {
    const { network, images, node } = this.#context;
    const { metadata, spec } = this.#pod();
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    const declared = containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
    const exposed = containers.flatMap(({ image = '' }) => images.find(image)?.ports ?? []);
    const containerPorts = [...new Set([...declared, ...exposed])];
    return network.attach({ uid: metadata.uid, nodeName: node.name, containerPorts });
  }

  #mount(): VolumePaths {
    const { client, settings } = this.#context;
    const { directory: labDirectory, token } = settings;
    return mountVolumes({ client, facts: this.facts(), podDirectory: this.directory, labDirectory, token });
  }

  #warn(error: Error): void {
    const reason = error instanceof MountError ? 'FailedMount' : 'FailedCreatePodSandBox';
    this.#context.record(this.#pod(), 'Warning', reason, error.message);
  }
}
