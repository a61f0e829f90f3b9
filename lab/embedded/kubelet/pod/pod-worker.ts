/** Everything about one pod on its node, from its first volume to its last process. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { isReason } from '../../api/errors.ts';
import type { Stored } from '../../api/types.ts';
import { earlierRuns } from '../container/earlier-runs.ts';
import { timestamp } from '../container/exit-state.ts';
import type { PodOfContainer } from '../container/pod-of-container.ts';
import { ContainerRunner } from '../container/runner.ts';
import type { StopOptions } from '../container/supervised-run.ts';
import type { KubeletContext } from '../context.ts';
import { tolerateRefusal } from '../tolerate-refusal.ts';
import { podStatus } from './pod-status.ts';
import { Sandbox } from './sandbox.ts';

const SIDECAR_POLL_MS = 50;
const DEFAULT_GRACE_SECONDS = 30;

export class PodWorker implements PodOfContainer {
  readonly sandbox: Sandbox;
  readonly #context: KubeletContext;
  readonly #startTime: string;
  readonly #init: ContainerRunner[];
  readonly #main: ContainerRunner[];
  /** Aborts when nothing of the pod is to be started any more. */
  readonly #halt = new AbortController();
  readonly #life: Promise<void>;
  #pod: Stored<Pod>;
  #over = false;
  #failure: { reason: string; message: string } | undefined;
  #syncPending = false;
  #terminating = false;

  constructor(pod: Stored<Pod>, context: KubeletContext) {
    this.#pod = pod;
    this.#context = context;
    this.#startTime = pod.status?.startTime ?? timestamp();
    this.sandbox = new Sandbox(() => this.#pod, context);
    const { initContainers = [], containers = [], restartPolicy } = pod.spec ?? {};
    // A new sandbox runs all init containers again, whatever they have done in the one before.
    this.#init = initContainers.map((container) => {
      const { count, last } = earlierRuns(container, pod.status?.initContainerStatuses, 'Always');
      const kind = container.restartPolicy === 'Always' ? 'sidecar' : 'init';
      return new ContainerRunner(kind, container, this, context, { count, last });
    });
    this.#main = containers.map((container) => {
      const earlier = earlierRuns(container, pod.status?.containerStatuses, restartPolicy);
      return new ContainerRunner('main', container, this, context, earlier);
    });
    context.ended.addEventListener('abort', () => this.#halt.abort(), { signal: this.#halt.signal });
    this.#life = this.#live();
  }

  get pod(): Stored<Pod> {
    return this.#pod;
  }

  get containers(): readonly ContainerRunner[] {
    return [...this.#init, ...this.#main];
  }

  /** Whether others may depend on this pod's data, so that it should be the last to stop. */
  get hasClaims(): boolean {
    return (this.#pod.spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim);
  }

  /** Ids of the processes from which all others of the pod descend. */
  get roots(): number[] {
    return this.containers.flatMap(({ instance }) => instance?.roots ?? []);
  }

  /** Takes over a newer state of the pod; begins to terminate it when it is being deleted. */
  update(pod: Stored<Pod>): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0, labels, annotations } = pod.metadata;
    if (deletionTimestamp !== undefined) return this.#terminate(deletionGracePeriodSeconds);
    if (JSON.stringify([labels, annotations]) !== JSON.stringify([before.labels, before.annotations])) {
      this.sandbox.refresh();
    }
    for (const container of pod.spec?.containers ?? []) {
      this.#main.find(({ name }) => name === container.name)?.update(container);
    }
    // Somebody else may have set a condition that a readiness gate waits for.
    this.changed();
  }

  changed(): void {
    if (this.#syncPending) return;
    this.#syncPending = true;
    // Many changes in one turn become one write.
    setImmediate(() => {
      this.#syncPending = false;
      this.#sync();
    });
  }

  /** The pod is gone from the API: ends what is left of it and removes its files. */
  async remove(): Promise<void> {
    await this.stop(0);
    await this.sandbox.removeFiles();
  }

  /** Ends all containers and gives the pod's address back. A second call can only shorten the grace period. */
  async stop(graceSeconds: number, options?: StopOptions): Promise<void> {
    this.#halt.abort();
    await Promise.all(this.#main.map((runner) => runner.stop(graceSeconds, options)));
    await this.#stopSidecars(graceSeconds, options);
    await this.#life;
  }

  /** At a loss of power: does nothing any more. Resolves when somebody else has killed the frozen processes. */
  async abandon(): Promise<void> {
    this.#halt.abort();
    for (const { instance } of this.containers) instance?.abandon();
    await this.#life;
  }

  async #live(): Promise<void> {
    const { signal } = this.#halt;
    try {
      this.#showWaiting(this.#init.length > 0 ? 'PodInitializing' : 'ContainerCreating');
      this.#watchDeadline(signal);
      await this.sandbox.setUp(signal);
      this.changed();
      if (await this.#initialise(signal)) await Promise.all(this.#main.map((runner) => runner.run(signal)));
      await this.#stopSidecars(this.#graceSeconds);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    await Promise.all(this.containers.flatMap(({ instance }) => instance?.ended ?? []));
    this.sandbox.tearDown();
    this.#over = true;
    this.changed();
  }

  /** False when an init container has failed for good. */
  async #initialise(signal: AbortSignal): Promise<boolean> {
    for (const runner of this.#init) {
      const ok = runner.kind === 'init' ? (await runner.run(signal)) === 0 : await this.#startSidecar(runner, signal);
      if (!ok) return false;
    }
    this.#showWaiting('ContainerCreating');
    return true;
  }

  async #startSidecar(runner: ContainerRunner, signal: AbortSignal): Promise<boolean> {
    void runner.run(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    while (!runner.started) await delay(SIDECAR_POLL_MS, undefined, { signal });
    return true;
  }

  /** In reverse order, after all that may need them. */
  async #stopSidecars(graceSeconds: number, options?: StopOptions): Promise<void> {
    this.#halt.abort();
    for (const runner of this.#init.toReversed()) await runner.stop(graceSeconds, options);
  }

  #terminate(graceSeconds: number): void {
    const ended = this.stop(graceSeconds);
    if (this.#terminating) return;
    this.#terminating = true;
    void ended.then(() => this.#confirmDeletion());
  }

  async #confirmDeletion(): Promise<void> {
    if (this.#context.ended.aborted) return;
    this.#sync();
    await this.sandbox.removeFiles();
    deletePod(this.#pod, this.#context);
  }

  #showWaiting(reason: string): void {
    for (const runner of this.#main) if (!runner.terminated) runner.wait(reason);
  }

  #watchDeadline(signal: AbortSignal): void {
    const seconds = this.#pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined) return;
    const timer = setTimeout(
      () => {
        const message = 'Pod was active on the node longer than the specified deadline';
        this.#failure = { reason: 'DeadlineExceeded', message };
        this.#context.record(this.#pod, 'Normal', 'DeadlineExceeded', message);
        void this.stop(this.#graceSeconds);
      },
      Date.parse(this.#startTime) + seconds * 1000 - Date.now(),
    );
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  get #graceSeconds(): number {
    return this.#pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  }

  /** Writes the status, unless the pod is gone or another one has its name by now. */
  #sync(): void {
    if (this.#context.ended.aborted) return;
    const { namespace, name, uid } = this.#pod.metadata;
    const { client, nodeIP } = this.#context;
    const current = client.find('pods', namespace, name);
    if (current?.metadata.uid !== uid) return;
    const status = podStatus(current, {
      init: this.#init.map(({ status }) => status),
      sidecars: new Set(this.#init.filter(({ kind }) => kind === 'sidecar').map(({ name }) => name)),
      main: this.#main.map(({ status }) => status),
      podIP: this.sandbox.podIP,
      sandboxReady: this.sandbox.ready,
      hostIP: nodeIP,
      startTime: this.#startTime,
      over: this.#over,
      failure: this.#failure,
    });
    tolerateRefusal(`status of pod ${namespace}/${name}`, () =>
      client.update('pods', { ...current, status }, { subresource: 'status' }),
    );
  }
}

/** Tells the API that nothing of the pod is left on this node. */
export function deletePod({ metadata }: Stored<Pod>, { client }: KubeletContext): void {
  const { namespace, name, uid } = metadata;
  try {
    client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
  } catch (error) {
    // Somebody was faster; a pod that has the name by now is another one.
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}
