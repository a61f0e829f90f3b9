/** The control side's handle on the data plane's process. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DataPlaneConfig, DataPlaneStatus, Reply, Request } from '../data-plane/protocol.ts';

const MAIN = fileURLToPath(new URL('../data-plane/main.ts', import.meta.url));

export interface DataPlaneHandle {
  /** Resolves with what is bound once everything is in place. Rejects when the process ends first. */
  apply(config: DataPlaneConfig): Promise<DataPlaneStatus>;
  status(): Promise<DataPlaneStatus>;
  readonly pid: number | undefined;
  /** Ends the process and with it every proxied connection. */
  close(): Promise<void>;
}

export interface DataPlaneOptions {
  /** Added to the environment of the process. */
  env?: Record<string, string>;
  /**
   * The process has died and a new one, which knows nothing yet, has been started in its place. Connections are lost;
   * the configuration has to be applied again.
   */
  restarted?: () => void;
}

export function startDataPlane({ env = {}, restarted = () => {} }: DataPlaneOptions = {}): DataPlaneHandle {
  let closing = false;
  let session = startSession(env, onExit);

  function onExit(code: number | null, signal: string | null): void {
    if (closing) return;
    console.error(`data plane ended (${signal ?? `exit code ${code}`}); starting it again`);
    session = startSession(env, onExit);
    restarted();
  }

  return {
    apply: async (config) => session.ask({ type: 'apply', config }),
    status: async () => session.ask({ type: 'status' }),
    get pid() {
      return session.child.pid;
    },
    async close() {
      closing = true;
      await session.close();
    },
  };
}

type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

interface Session {
  child: ChildProcess;
  ask(question: Question): Promise<DataPlaneStatus>;
  close(): Promise<void>;
}

/** One process, from its start to its end. */
function startSession(
  env: Record<string, string>,
  onExit: (code: number | null, signal: string | null) => void,
): Session {
  const child = fork(MAIN, [], {
    execArgv: [],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<DataPlaneStatus>>();
  let lastId = 0;
  child.on('message', ({ id, status }: Reply) => {
    waiting.get(id)?.resolve(status);
    waiting.delete(id);
  });
  child.on('error', (error) => console.error('data plane:', error));
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error('the data plane has ended'));
    waiting.clear();
    onExit(code, signal);
  });
  return {
    child,
    ask(question) {
      const answer = Promise.withResolvers<DataPlaneStatus>();
      const id = ++lastId;
      waiting.set(id, answer);
      child.send({ id, ...question }, (error) => {
        if (error && waiting.delete(id)) answer.reject(error);
      });
      return answer.promise;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
