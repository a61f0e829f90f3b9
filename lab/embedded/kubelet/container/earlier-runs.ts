/** What a pod's status says about runs of a container before the node was booted. */
import type { Container, ContainerStateTerminated, ContainerStatus } from 'kubernetes-types/core/v1.js';
import { unknownState } from './exit-state.ts';

export interface EarlierRuns {
  /** Number of the next run, which is the restart count then. */
  count: number;
  last?: ContainerStateTerminated | undefined;
  /** Set when there is to be no other run. */
  final?: ContainerStateTerminated | undefined;
}

/** Containers that ran are run again in a new sandbox, unless the pod's restart policy forbids it. */
export function earlierRuns(
  { name }: Container,
  statuses: readonly ContainerStatus[] | undefined,
  restartPolicy: string | undefined,
): EarlierRuns {
  const status = statuses?.find((status) => status.name === name);
  if (!status?.containerID) return { count: 0 };
  const { state = {}, lastState = {}, containerID } = status;
  const last = state.running
    ? unknownState(containerID, state.running.startedAt ?? '')
    : (state.terminated ?? lastState.terminated);
  const isFinal = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && last?.exitCode === 0);
  return isFinal ? { count: status.restartCount, final: last } : { count: status.restartCount + 1, last };
}
