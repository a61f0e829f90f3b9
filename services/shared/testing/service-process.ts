/** A service as a process of its own, for tests of what happens at its start and end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

export class ServiceProcess {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  /** @param service name of its folder */
  constructor(service: string, environment: Record<string, string>) {
    const script = fileURLToPath(new URL(`../../${service}/server.ts`, import.meta.url));
    this.#child = spawn(process.execPath, [script], {
      env: { HOST: '127.0.0.1', PORT: '0', POD_NAME: `${service}-0`, NODE_NAME: 'w1', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exit = once(this.#child, 'exit');
    createInterface(this.#child.stdout!).on('line', (line) => this.lines.push(JSON.parse(line) as LogLine));
  }

  /** Its address, when it listens. */
  listening(): Promise<string> {
    return until(() => this.lines.find(({ message }) => message === 'listening')?.['address'] as string | undefined);
  }

  /** Its address, when /readyz says so. */
  async ready(): Promise<string> {
    const address = await this.listening();
    await until(async () => (await fetch(`${address}/readyz`)).ok);
    return address;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code; null after a signal that was not handled. */
  async exited(): Promise<number | null> {
    const [code] = await this.#exit;
    return code as number | null;
  }

  async end(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }
}
