/** What the API server asks of a node's kubelet for the streaming subresources: interface only. */
import type { Duplex, Readable, Writable } from 'node:stream';

export interface LogOptions {
  container?: string | undefined;
  follow?: boolean | undefined;
  previous?: boolean | undefined;
  tailLines?: number | undefined;
  limitBytes?: number | undefined;
  sinceSeconds?: number | undefined;
  sinceTime?: string | undefined;
  timestamps?: boolean | undefined;
}

export interface ExecOptions {
  container?: string | undefined;
  command: string[];
  stdin?: Readable | undefined;
  stdout?: Writable | undefined;
  stderr?: Writable | undefined;
  tty?: boolean | undefined;
}

/** All methods throw ApiError when the pod or container is unknown, and hang while the node is without power. */
export interface NodeAgent {
  readonly nodeName: string;
  logs(namespace: string, pod: string, options: LogOptions): Promise<Readable>;
  /** Runs a command with the container's environment and working directory. Resolves with its exit code. */
  exec(namespace: string, pod: string, options: ExecOptions): Promise<number>;
  /** Opens a connection to a port of the pod. */
  portForward(namespace: string, pod: string, port: number): Promise<Duplex>;
  /** Power loss: freezes every process of the node and the kubelet with it. Nothing is said to anybody. */
  powerOff(): void;
  /** Kills what was frozen and boots: a new kubelet session, all containers started afresh. */
  powerOn(): Promise<void>;
  readonly powered: boolean;
}
