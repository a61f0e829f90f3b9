/** A kubelet for tests: logs that it is told, real commands, real connections. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import type { ExecOptions, LogOptions, NodeAgent } from '../../../kubelet/node-agent.ts';

export class FakeAgent implements NodeAgent {
  readonly nodeName: string;
  powered = true;
  /** What logs() was last asked for. */
  logOptions: LogOptions = {};
  /** A followed log goes on with what is pushed here. */
  followed: Readable | undefined;
  /** How the newest command ends. */
  lastExit: Promise<number> | undefined;

  constructor(nodeName: string) {
    this.nodeName = nodeName;
  }

  async logs(_namespace: string, pod: string, options: LogOptions): Promise<Readable> {
    this.logOptions = options;
    const text = new Readable({ read: () => {} });
    text.push(`log of ${pod}\n`);
    if (options.follow) this.followed = text;
    else text.push(null);
    return text;
  }

  exec(_namespace: string, _pod: string, { command, stdin, stdout, stderr }: ExecOptions): Promise<number> {
    const child = spawn(command[0]!, command.slice(1));
    if (stdin === undefined) child.stdin.end();
    else stdin.pipe(child.stdin);
    child.stdin.on('error', () => {});
    if (stdout !== undefined) child.stdout.pipe(stdout, { end: false });
    if (stderr !== undefined) child.stderr.pipe(stderr, { end: false });
    this.lastExit = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 128));
    });
    return this.lastExit;
  }

  portForward(_namespace: string, _pod: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const connection = connect(port, '127.0.0.1', () => resolve(connection));
      connection.once('error', reject);
    });
  }

  powerOff(): void {
    this.powered = false;
  }

  async powerOn(): Promise<void> {
    this.powered = true;
  }
}
