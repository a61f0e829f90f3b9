/** A server as a process of its own, from its start until it answers, to its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const START_DEADLINE_MS = 30_000;
const POLL_MS = 50;

export interface ServerCommand {
  /** Whom to call it in messages. */
  name: string;
  command: string;
  /** Given the port where it is to listen, which is also in its environment as PORT. */
  args: (port: number) => string[];
  environment: Record<string, string>;
  /** Answers anything but 5xx when the server is ready. */
  readyPath: string;
}

export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  #errors = '';

  private constructor({ command, args, environment }: ServerCommand, port: number) {
    this.port = port;
    const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port), ...environment };
    this.#child = spawn(command, args(port), { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
  }

  /** Throws Error with what it wrote to stderr when it ends, or is not ready in time. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command, await freePort());
    const deadline = performance.now() + START_DEADLINE_MS;
    while (server.#running && performance.now() < deadline) {
      if (await answers(`http://127.0.0.1:${server.port}${command.readyPath}`)) return server;
      await sleep(POLL_MS);
    }
    await server.stop();
    throw new Error(`${command.name} does not start: ${server.#errors}`);
  }

  /** Bytes of memory that it holds; only where there is /proc. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  /** Processor time that it has used, in seconds; only where there is /proc, whose clock ticks 100 times a second. */
  async processorSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8');
    // Behind the name, which may hold anything: user time is the 12th field from there, system time the 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  get #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status < 500;
  } catch {
    return false;
  }
}
