/** The streaming subresources of pods: logs, exec, port-forward. */
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { ApiError } from '../api/errors.ts';
import type { PodNetwork } from '../network/network.ts';
import type { ContainerRunner } from './container/runner.ts';
import { readLog } from './logs/log-reader.ts';
import type { ExecOptions, LogOptions } from './node-agent.ts';
import type { PodWorker } from './pod/pod-worker.ts';

export function openLog(worker: PodWorker, options: LogOptions): Readable {
  const runner = findContainer(worker, options.container);
  const path = runner.logPath(options.previous ?? false);
  if (path !== undefined) return readLog(path, options.previous ? undefined : runner.instance?.log, options);
  const { name } = worker.pod.metadata;
  if (options.previous) {
    throw new ApiError('BadRequest', `previous terminated container "${runner.name}" in pod "${name}" not found`);
  }
  const reason = runner.waiting?.reason ?? 'ContainerCreating';
  const why = /Image/.test(reason) ? 'trying and failing to pull image' : reason;
  throw new ApiError('BadRequest', `container "${runner.name}" in pod "${name}" is waiting to start: ${why}`);
}

export async function execute(worker: PodWorker, options: ExecOptions): Promise<number> {
  const { instance, name } = findContainer(worker, options.container);
  if (!instance) throw new ApiError('NotFound', `container not found ("${name}")`);
  try {
    return await instance.exec(options);
  } catch (error) {
    const message =
      'error executing command in container: failed to exec in container: failed to start exec: ' +
      `OCI runtime exec failed: exec failed: unable to start container process: ${(error as Error).message}: unknown`;
    throw new ApiError('InternalError', message);
  }
}

/** Throws ApiError when nothing listens on the port. */
export async function forwardPort(worker: PodWorker, port: number, network: PodNetwork): Promise<Duplex> {
  const { podIP } = worker.sandbox.attachment;
  // Half-open: a client that has sent all it has to say still reads the answer.
  const socket = connect({ ...network.resolve(podIP, port), allowHalfOpen: true });
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    const { name, namespace, uid } = worker.pod.metadata;
    const cause = `dial tcp4 ${podIP}:${port}: connect: ${(error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'connection refused' : (error as Error).message}`;
    const message = `error forwarding port ${port} to pod ${uid}, uid : failed to connect to ${podIP}:${port} inside pod ${namespace}/${name}: ${cause}`;
    throw new ApiError('InternalError', message);
  }
}

/** Without a name: the pod's only container. */
function findContainer(worker: PodWorker, name: string | undefined): ContainerRunner {
  const { pod, containers } = worker;
  const main = containers.filter(({ kind }) => kind === 'main');
  if (name === undefined) {
    if (main.length === 1) return main[0]!;
    const names = containers.map(({ name }) => name).join(' ');
    const message = `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names}]`;
    throw new ApiError('BadRequest', message);
  }
  const found = containers.find((runner) => runner.name === name);
  if (!found) throw new ApiError('BadRequest', `container ${name} is not valid for pod ${pod.metadata.name}`);
  return found;
}
