/** What `kubectl get pods` says of a pod in a few words: READY, STATUS and RESTARTS (printPod in k8s.io/kubernetes). */
import type { ContainerState, ContainerStateTerminated, ContainerStatus } from 'kubernetes-types/core/v1.js';
import type { Kinds, Stored } from '../../types.ts';

type Pod = Stored<Kinds['pods']>;

export interface PodSummary {
  ready: number;
  total: number;
  status: string;
  restarts: number;
  /** RFC 3339. */
  lastRestart: string | undefined;
}

/** The part of a summary that a row of containers gives; `status` when they decide it. */
interface Finding {
  ready: number;
  status: string | undefined;
}

/** A pod's init containers hold its status until they are through; then its containers do. */
export function podSummary(pod: Pod): PodSummary {
  const init = pod.status?.initContainerStatuses ?? [];
  const main = pod.status?.containerStatuses ?? [];
  const sidecars = init.filter((container) => isSidecar(pod, container.name));
  const initial = initFinding(pod, init);
  const initializing = initial.status !== undefined && !hasCondition(pod, 'Initialized');
  const running: Finding = initializing ? { ready: 0, status: undefined } : mainFinding(pod, main);
  const restarting = initializing ? init : [...sidecars, ...main];
  return {
    ready: initial.ready + running.ready,
    total: (pod.spec?.containers ?? []).length + sidecarCount(pod),
    status: endingStatus(pod) ?? running.status ?? initial.status ?? phaseStatus(pod),
    restarts: restarting.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: restarting
      .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
      .sort()
      .at(-1),
  };
}

function phaseStatus({ status }: Pod): string {
  const gated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

function endingStatus({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating';
}

/** The first init container that is not through yet decides. */
function initFinding(pod: Pod, containers: readonly ContainerStatus[]): Finding {
  let ready = 0;
  for (const [index, container] of containers.entries()) {
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(pod, container.name) && container.started) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated !== undefined) return { ready, status: `Init:${terminatedReason(terminated)}` };
    const reason = waiting?.reason ?? '';
    const progress = `${index}/${pod.spec?.initContainers?.length ?? 0}`;
    return { ready, status: `Init:${reason === '' || reason === 'PodInitializing' ? progress : reason}` };
  }
  return { ready, status: undefined };
}

/** The first container that is not simply running decides. */
function mainFinding(pod: Pod, containers: readonly ContainerStatus[]): Finding {
  const ready = containers.filter((container) => container.ready && container.state?.running !== undefined).length;
  const status = containers.map(({ state }) => stateReason(state)).find((reason) => reason !== undefined);
  if (status !== 'Completed' || ready === 0) return { ready, status };
  // Some containers are done while others run.
  return { ready, status: hasCondition(pod, 'Ready') ? 'Running' : 'NotReady' };
}

function stateReason({ waiting, terminated }: ContainerState = {}): string | undefined {
  return waiting?.reason || (terminated && terminatedReason(terminated));
}

function terminatedReason({ reason, signal, exitCode }: ContainerStateTerminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

function hasCondition({ status }: Pod, wanted: string): boolean {
  return status?.conditions?.some(({ type, status }) => type === wanted && status === 'True') ?? false;
}

/** A sidecar is an init container that keeps running beside the others. */
function isSidecar({ spec }: Pod, name: string): boolean {
  return spec?.initContainers?.some((one) => one.name === name && one.restartPolicy === 'Always') ?? false;
}

function sidecarCount({ spec }: Pod): number {
  return (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length;
}
