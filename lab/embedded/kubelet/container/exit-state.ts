/** The terminated state of a container. */
import type { ContainerStateTerminated } from 'kubernetes-types/core/v1.js';
import type { Exit } from '../process/running-process.ts';

const SIGKILL_CODE = 137;

export interface EndOfRun {
  containerID: string;
  startedAt: string;
  exit: Exit;
  oomKilled: boolean;
  message: string;
}

export function terminatedState(end: EndOfRun): ContainerStateTerminated {
  const { exit, oomKilled, message } = end;
  const exitCode = oomKilled ? SIGKILL_CODE : exit.code;
  return {
    exitCode,
    reason: reasonOf(exitCode, oomKilled),
    ...(message && { message }),
    startedAt: end.startedAt,
    finishedAt: timestamp(),
    containerID: end.containerID,
  };
}

/** A container whose program could not be started: runc's and containerd's way to say so. */
export function startErrorState(containerID: string, message: string): ContainerStateTerminated {
  const startedAt = new Date(0).toISOString().replace('.000Z', 'Z');
  return { exitCode: 128, reason: 'StartError', message, startedAt, finishedAt: timestamp(), containerID };
}

/** A container that a loss of power has ended: nobody was there to see how. */
export function unknownState(containerID: string, startedAt: string): ContainerStateTerminated {
  return { exitCode: 255, reason: 'Unknown', startedAt, finishedAt: timestamp(), containerID };
}

function reasonOf(exitCode: number, oomKilled: boolean): string {
  if (oomKilled) return 'OOMKilled';
  return exitCode === 0 ? 'Completed' : 'Error';
}

/** RFC 3339 with whole seconds, as in the API. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d{3}Z$/, 'Z');
}
