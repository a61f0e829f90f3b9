/** One run of a container: a process with its log, its limits and the commands that are executed beside it. */
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Container, ContainerStateTerminated } from 'kubernetes-types/core/v1.js';
import type { Image } from '../../images/images.ts';
import { parseQuantity } from '../../quantity.ts';
import { ContainerLog } from '../logs/container-log.ts';
import { parseEntry } from '../logs/log-format.ts';
import type { MemoryWatch } from '../memory.ts';
import type { ExecOptions } from '../node-agent.ts';
import type { ContainerCommand } from '../pod/command.ts';
import { startProcess, type RunningProcess } from '../process/running-process.ts';
import { terminatedState, timestamp } from './exit-state.ts';

/** However short the grace period, a program gets this long (the kubelet's minimumGracePeriodInSeconds). */
const LEAST_GRACE_SECONDS = 2;

export interface InstanceOptions {
  container: Container;
  image: Image;
  command: ContainerCommand;
  logPath: string;
  podDirectory: string;
  memory: MemoryWatch;
  /** Called when the memory limit is exceeded, before the container is killed. */
  outOfMemory: (usedBytes: number) => void;
}

export class ContainerInstance {
  readonly containerID: string;
  readonly startedAt = timestamp();
  readonly log: ContainerLog;
  /** Resolves with the terminated state when the program has ended and its output is stored. Never rejects. */
  readonly ended: Promise<ContainerStateTerminated>;
  readonly #options: InstanceOptions;
  readonly #process: RunningProcess;
  readonly #executed = new Set<RunningProcess>();
  #oomKilled = false;
  #hasEnded = false;
  #stopping = false;
  #killAt = Infinity;
  #killTimer: NodeJS.Timeout | undefined;

  private constructor(containerID: string, process: RunningProcess, options: InstanceOptions) {
    this.containerID = containerID;
    this.#process = process;
    this.#options = options;
    this.log = new ContainerLog(options.logPath);
    this.log.capture(process.stdout, 'stdout');
    this.log.capture(process.stderr, 'stderr');
    process.stdin.end();
    const unwatch = this.#limitMemory();
    this.ended = process.exited.then((exit) => {
      this.#hasEnded = true;
      unwatch();
      clearTimeout(this.#killTimer);
      for (const executed of this.#executed) executed.kill();
      const message = this.#terminationMessage(exit.code);
      this.log.close();
      return terminatedState({ containerID, startedAt: this.startedAt, exit, oomKilled: this.#oomKilled, message });
    });
  }

  /** Throws Error in a container runtime's words when the program cannot be started. */
  static async start(containerID: string, options: InstanceOptions): Promise<ContainerInstance> {
    const { command, podDirectory } = options;
    return new ContainerInstance(containerID, await startProcess({ ...command, podDirectory }), options);
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Ids of the processes from which all that belongs to this container descends. */
  get roots(): number[] {
    return this.#hasEnded ? [] : [this.#process.pid, ...[...this.#executed].map(({ pid }) => pid)];
  }

  /**
   * Asks the program to end, and kills it when the grace period is over. Resolves when it has ended. A later call may
   * shorten the period. `beforeSignal` (the preStop hook) is waited for within it.
   */
  async stop(graceSeconds: number, beforeSignal?: () => Promise<void>): Promise<void> {
    if (this.#stopping) {
      this.#killIn(graceSeconds);
    } else {
      this.#stopping = true;
      await this.#askToEnd(graceSeconds, beforeSignal);
    }
    await this.ended;
  }

  async #askToEnd(graceSeconds: number, beforeSignal: (() => Promise<void>) | undefined): Promise<void> {
    if (beforeSignal) {
      const hookStart = performance.now();
      // The hook is cut off at the end of the grace period; after that the program still gets the least there is.
      this.#killIn(graceSeconds + LEAST_GRACE_SECONDS);
      await Promise.race([beforeSignal(), this.ended]);
      if (this.#killAt < 0) return;
      this.#killAt = Infinity;
      this.#killIn(graceSeconds - (performance.now() - hookStart) / 1000);
    } else {
      this.#killIn(graceSeconds);
    }
    this.#process.signal(this.#options.image.stopSignal);
  }

  #killIn(seconds: number): void {
    const killAt = performance.now() + Math.max(seconds, LEAST_GRACE_SECONDS) * 1000;
    if (this.#hasEnded || killAt >= this.#killAt) return;
    this.#killAt = killAt;
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.#process.kill(), killAt - performance.now());
  }

  /** Leaves the processes as they are, frozen: even a grace period that runs out does not end them. */
  abandon(): void {
    this.#killAt = -Infinity;
    clearTimeout(this.#killTimer);
  }

  /** Kills at once, without being asked to end. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.ended;
  }

  /** Runs a command beside the program. Resolves with its exit code. Throws Error when it cannot be started. */
  async exec({ command, stdin, stdout, stderr, tty }: ExecOptions, signal?: AbortSignal): Promise<number> {
    const process = await this.#execute(command);
    signal?.addEventListener('abort', () => process.kill(), { once: true });
    // There is no pseudo-terminal; what a terminal would do for the reader is to bring the cursor back.
    const translate = tty ? withCarriageReturns : asItIs;
    const copies = [copy(process.stdout, stdout, translate), copy(process.stderr, tty ? stdout : stderr, translate)];
    if (stdin) void pipeline(stdin, process.stdin).catch(() => process.stdin.destroy());
    else process.stdin.end();
    const { code } = await process.exited;
    await Promise.all(copies);
    return code;
  }

  async #execute(argv: readonly string[]): Promise<RunningProcess> {
    const { command, podDirectory } = this.#options;
    const process = await startProcess({ ...command, argv: command.prepare(argv), podDirectory });
    // The program may have ended while the command was being started.
    if (this.#hasEnded) process.kill();
    this.#executed.add(process);
    void process.exited.then(() => this.#executed.delete(process));
    return process;
  }

  #limitMemory(): () => void {
    const { container, memory, outOfMemory } = this.#options;
    const limit = container.resources?.limits?.memory;
    if (limit === undefined) return () => {};
    return memory.watch(this.#process.pid, parseQuantity(limit), (usedBytes) => {
      this.#oomKilled = true;
      outOfMemory(usedBytes);
      this.#process.kill();
    });
  }

  /** The end of the log of a container that failed, if that is what its terminationMessagePolicy wants. */
  #terminationMessage(exitCode: number): string {
    if (exitCode === 0 || this.#options.container.terminationMessagePolicy !== 'FallbackToLogsOnError') return '';
    const entries = this.log.tail().split('\n').map(parseEntry);
    return entries
      .map((entry) => (entry ? `${entry.text}\n` : ''))
      .join('')
      .slice(-2048);
  }
}

export function newContainerID(): string {
  return `lab://${randomBytes(32).toString('hex')}`;
}

/** As fast as the reader takes it. When there is no reader (any more), the output is thrown away, so that the program goes on. */
async function copy(from: Readable, to: Writable | undefined, translate: (text: string) => string): Promise<void> {
  const translated = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | string> {
    for await (const chunk of chunks) yield translate === asItIs ? chunk : translate(chunk.toString());
  };
  try {
    if (to) await pipeline(from, translated, to, { end: false });
  } catch {
    // The client has gone.
  }
  from.resume();
}

function asItIs(text: string): string {
  return text;
}

function withCarriageReturns(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
