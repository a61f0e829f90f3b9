/** One container of a pod: starts it, and starts it again as the restart policy says. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus } from 'kubernetes-types/core/v1.js';
import { fullImageName } from '../../images/image-name.ts';
import { podLabel, type ContainerKind, type KubeletContext } from '../context.ts';
import { removeLog } from '../logs/container-log.ts';
import { configureContainer } from './configure.ts';
import { CrashBackOff } from './crash-back-off.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { startErrorState } from './exit-state.ts';
import { pullImage } from './image-pull.ts';
import { ContainerInstance, newContainerID, type InstanceOptions } from './instance.ts';
import type { PodOfContainer } from './pod-of-container.ts';
import type { Reporter } from './reporter.ts';
import { SupervisedRun, type StopOptions } from './supervised-run.ts';

interface EndOfRun {
  state: ContainerStateTerminated;
  ranMs: number;
}

export class ContainerRunner implements ContainerKind {
  readonly name: string;
  readonly kind: ContainerKind['kind'];
  #container: Container;
  readonly #pod: PodOfContainer;
  readonly #context: KubeletContext;
  readonly #backOff: CrashBackOff;
  readonly #reporter: Reporter;
  #state: ContainerState = { waiting: { reason: 'PodInitializing' } };
  #lastState: ContainerState;
  #containerID: string | undefined;
  /** Number of the present (or last) run, from 0; also the restart count. */
  #number: number;
  #hasRun = false;
  #run: SupervisedRun | undefined;

  constructor(
    kind: ContainerKind['kind'],
    container: Container,
    pod: PodOfContainer,
    context: KubeletContext,
    earlier: EarlierRuns,
  ) {
    const { crashLoopBackOffInitialSeconds, crashLoopBackOffMaxSeconds } = context.settings.timing;
    this.kind = kind;
    this.name = container.name;
    this.#container = container;
    this.#pod = pod;
    this.#context = context;
    this.#backOff = new CrashBackOff(crashLoopBackOffInitialSeconds, crashLoopBackOffMaxSeconds);
    this.#reporter = {
      record: (type, reason, message) => context.record(pod.sandbox.facts().pod, type, reason, message, this),
      wait: (reason, message) => this.wait(reason, message),
    };
    this.#number = earlier.count;
    this.#lastState = earlier.last ? { terminated: earlier.last } : {};
    this.#containerID = earlier.last?.containerID;
    if (earlier.final) this.#state = { terminated: earlier.final };
  }

  /** The present run; undefined while nothing runs. */
  get instance(): ContainerInstance | undefined {
    return this.#run?.instance;
  }

  get started(): boolean {
    return this.#run?.started ?? false;
  }

  get terminated(): ContainerStateTerminated | undefined {
    return this.#state.terminated;
  }

  get waiting(): ContainerState['waiting'] {
    return this.#state.waiting;
  }

  get status(): ContainerStatus {
    const image = this.#container.image ?? '';
    const completed = this.#state.terminated?.exitCode === 0;
    return {
      name: this.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.kind === 'init' ? completed : (this.#run?.ready ?? false),
      started: this.started,
      restartCount: this.#number,
      image,
      imageID: this.#containerID ? `lab://${fullImageName(image)}` : '',
      ...(this.#containerID !== undefined && { containerID: this.#containerID }),
    };
  }

  wait(reason: string, message?: string): void {
    this.#set({ waiting: { reason, ...(message !== undefined && { message }) } });
  }

  /**
   * Resolves when the container has ended for good, with its exit code. Rejects when `halt` aborts while it waits; a
   * running program is left alone then, and stop() is the way to end it.
   */
  async run(halt: AbortSignal): Promise<number> {
    if (this.#state.terminated) return this.#state.terminated.exitCode;
    for (;;) {
      const end = await this.#runOnce(halt);
      this.#set({ terminated: end.state });
      halt.throwIfAborted();
      if (!this.#isRestarted(end.state.exitCode)) return end.state.exitCode;
      this.#lastState = { terminated: end.state };
      await this.#backOffAfter(end, halt);
    }
  }

  /** Ends the present run; whether there will be another is decided by run(). */
  async stop(graceSeconds: number, options?: StopOptions): Promise<void> {
    await this.#run?.stop(graceSeconds, options);
  }

  /** Takes over a changed container of the pod's spec; only the image can change. */
  update(container: Container): void {
    if (container.image === this.#container.image) return;
    this.#container = container;
    this.#backOff.reset();
    this.#run?.restart(`Container ${this.name} definition changed, will be restarted`);
  }

  /** Undefined when there is no such run. */
  logPath(previous: boolean): string | undefined {
    if (previous) return this.#number > 0 ? this.#logPathOf(this.#number - 1) : undefined;
    return this.#hasRun ? this.#logPathOf(this.#number) : undefined;
  }

  async #runOnce(halt: AbortSignal): Promise<EndOfRun> {
    const { images, network, ended } = this.#context;
    const { sandbox } = this.#pod;
    const reporter = this.#reporter;
    const image = await pullImage(() => this.#container, images, reporter, halt);
    const container = this.#container;
    const directory = this.#directoryOf(this.#hasRun ? this.#number + 1 : this.#number);
    const options = { container, image, sandbox, context: this.#context, directory, reporter };
    const command = await configureContainer(options, halt);
    this.#nextRun();
    reporter.record('Normal', 'Created', 'Container created');
    const instance = await this.#start({
      container,
      image,
      command,
      logPath: this.#logPathOf(this.#number),
      podDirectory: sandbox.directory,
      memory: this.#context.memory,
      outOfMemory: (usedBytes) => this.#reportMemory(usedBytes),
    });
    if (!(instance instanceof ContainerInstance)) return { state: instance, ranMs: 0 };
    // The pod was told to end in the moment of the start.
    if (halt.aborted) void instance.kill();
    const startedMs = performance.now();
    const graceSeconds = sandbox.facts().pod.spec?.terminationGracePeriodSeconds ?? 30;
    const changed = (): void => this.#pod.changed();
    const { podIP } = sandbox.attachment;
    const { record } = reporter;
    this.#run = new SupervisedRun(instance, { container, podIP, network, graceSeconds, changed, record, ended });
    this.#set({ running: { startedAt: instance.startedAt } });
    record('Normal', 'Started', 'Container started');
    const state = await this.#run.ended;
    this.#run = undefined;
    return { state, ranMs: performance.now() - startedMs };
  }

  /** Numbers the run and makes its id. Of the run before only the log is kept, and of older ones nothing. */
  #nextRun(): void {
    if (this.#hasRun) this.#number++;
    this.#hasRun = true;
    this.#containerID = newContainerID();
    if (this.#number >= 1) rmSync(this.#directoryOf(this.#number - 1), { recursive: true, force: true });
    if (this.#number >= 2) removeLog(this.#logPathOf(this.#number - 2));
  }

  /** The instance, or when the program could not be started the state that says so. */
  async #start(options: InstanceOptions): Promise<ContainerInstance | ContainerStateTerminated> {
    try {
      return await ContainerInstance.start(this.#containerID!, options);
    } catch (error) {
      const message =
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: ' +
        `runc create failed: unable to start container process: ${(error as Error).message}`;
      this.#reporter.record('Warning', 'Failed', `Error: ${message}`);
      return startErrorState(this.#containerID!, message);
    }
  }

  #reportMemory(usedBytes: number): void {
    const used = `${Math.ceil(usedBytes / 2 ** 20)}Mi of memory`;
    const limit = this.#container.resources?.limits?.memory;
    const message = `Container ${this.name} uses ${used}, above its limit of ${limit}: killed`;
    this.#reporter.record('Warning', 'OOMKilling', message);
  }

  async #backOffAfter({ ranMs }: EndOfRun, halt: AbortSignal): Promise<void> {
    const seconds = this.#backOff.afterRun(ranMs);
    if (seconds === 0) return;
    const pod = podLabel(this.#pod.sandbox.facts().pod);
    const message = `back-off ${formatSeconds(seconds)} restarting failed container=${this.name} pod=${pod}`;
    this.wait('CrashLoopBackOff', message);
    const { record } = this.#reporter;
    record('Warning', 'BackOff', `Back-off restarting failed container ${this.name} in pod ${pod}`);
    await delay(seconds * 1000, undefined, { signal: halt });
  }

  #isRestarted(exitCode: number): boolean {
    if (this.kind === 'sidecar') return true;
    const policy = this.#pod.sandbox.facts().pod.spec?.restartPolicy ?? 'Always';
    if (exitCode === 0) return this.kind === 'main' && policy === 'Always';
    return policy !== 'Never';
  }

  #directoryOf(number: number): string {
    return join(this.#pod.sandbox.directory, this.name, String(number));
  }

  #logPathOf(number: number): string {
    return `${this.#directoryOf(number)}.log`;
  }

  #set(state: ContainerState): void {
    this.#state = state;
    this.#pod.changed();
  }
}

/** As Go prints a duration: 40s, 2m40s, 5m0s. */
function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
