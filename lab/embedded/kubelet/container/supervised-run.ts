/** One run of a container with its hooks and probes: from the start of its program to the end of it. */
import type { Container, ContainerStateTerminated, Probe } from 'kubernetes-types/core/v1.js';
import type { EventType } from '../../controllers/events.ts';
import type { PodNetwork } from '../../network/network.ts';
import type { ProbeKind } from '../probes/prober.ts';
import type { ProbeTarget } from '../probes/target.ts';
import { Health } from './health.ts';
import { preStopHook, probeTarget, runPostStart } from './hooks.ts';
import type { ContainerInstance } from './instance.ts';

export interface StopOptions {
  /** Whether preStop hooks are run. Default: true. */
  hooks?: boolean;
}

export interface SupervisionOptions {
  container: Container;
  podIP: string;
  network: PodNetwork;
  /** The pod's terminationGracePeriodSeconds. */
  graceSeconds: number;
  changed: () => void;
  record: (type: EventType, reason: string, message: string) => void;
  /** Aborts when nobody watches over anything on this node any more. */
  ended: AbortSignal;
}

export class SupervisedRun {
  readonly instance: ContainerInstance;
  readonly ended: Promise<ContainerStateTerminated>;
  readonly #options: SupervisionOptions;
  readonly #target: ProbeTarget;
  readonly #health: Health;
  readonly #over = new AbortController();

  constructor(instance: ContainerInstance, options: SupervisionOptions) {
    const { container, podIP, network, changed, record } = options;
    this.instance = instance;
    this.#options = options;
    this.#target = probeTarget(instance, container, podIP, network);
    this.#health = new Health({
      container,
      target: this.#target,
      isStopping: () => instance.stopping,
      changed,
      failed: (message) => record('Warning', 'Unhealthy', message),
      gaveUp: (kind, probe) => this.#giveUp(kind, probe),
      signal: AbortSignal.any([this.#over.signal, options.ended]),
    });
    this.ended = instance.ended.finally(() => this.#over.abort());
    void this.#begin();
  }

  get started(): boolean {
    return this.#health.started;
  }

  get ready(): boolean {
    return this.#health.ready;
  }

  /** Ends the run as a part of the pod's end. */
  async stop(graceSeconds: number, { hooks = true }: StopOptions = {}): Promise<void> {
    const { container, record } = this.#options;
    if (!this.instance.stopping) record('Normal', 'Killing', `Stopping container ${container.name}`);
    await this.instance.stop(graceSeconds, hooks ? this.#beforeSignal(graceSeconds) : undefined);
  }

  /** Ends the run so that another one follows. */
  restart(message: string, graceSeconds: number = this.#options.graceSeconds): void {
    if (this.instance.stopping) return;
    this.#options.record('Normal', 'Killing', message);
    void this.instance.stop(graceSeconds, this.#beforeSignal(graceSeconds));
  }

  /** Probes begin when the postStart hook has succeeded. */
  async #begin(): Promise<void> {
    const { ok, message } = await runPostStart(this.#target);
    if (this.#over.signal.aborted) return;
    if (ok) return this.#health.begin();
    this.#options.record('Warning', 'FailedPostStartHook', `PostStartHook failed: ${message}`);
    this.restart('FailedPostStartHook');
  }

  #giveUp(kind: ProbeKind, { terminationGracePeriodSeconds }: Probe): void {
    const { name } = this.#options.container;
    this.restart(`Container ${name} failed ${kind} probe, will be restarted`, terminationGracePeriodSeconds);
  }

  #beforeSignal(graceSeconds: number): (() => Promise<void>) | undefined {
    const hook = preStopHook(this.#target, graceSeconds);
    if (!hook) return undefined;
    return async () => {
      const { ok, message } = await hook();
      if (!ok) this.#options.record('Warning', 'FailedPreStopHook', `PreStopHook failed: ${message}`);
    };
  }
}
