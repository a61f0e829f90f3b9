/** A pod's status, computed from what its containers do. Follows pkg/kubelet/kubelet_pods.go and status/generate.go. */
import type { ContainerStatus, Pod, PodCondition, PodStatus } from 'kubernetes-types/core/v1.js';
import { withCondition } from '../../api/conditions.ts';
import type { Stored } from '../../api/types.ts';
import { qosClass } from './qos-class.ts';

export interface PodObservation {
  init: ContainerStatus[];
  /** Names of init containers that are sidecars. */
  sidecars: ReadonlySet<string>;
  main: ContainerStatus[];
  /** Undefined until the pod has an address. */
  podIP: string | undefined;
  /** Whether the pod's sandbox (address and volumes) stands. */
  sandboxReady: boolean;
  hostIP: string;
  startTime: string;
  /** Nothing of the pod runs or will be started any more. */
  over: boolean;
  /** Why the pod failed, if it was not for its containers. */
  failure?: { reason: string; message: string } | undefined;
}

export function podStatus(pod: Stored<Pod>, observed: PodObservation): PodStatus {
  const phase = podPhase(pod, observed);
  const { podIP, hostIP } = observed;
  return {
    ...pod.status,
    phase,
    conditions: conditionsOf(pod, phase, observed),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: observed.startTime,
    ...(observed.init.length > 0 && { initContainerStatuses: observed.init }),
    containerStatuses: observed.main,
    qosClass: pod.status?.qosClass ?? qosClass(pod.spec),
    ...(observed.over && observed.failure),
  };
}

/** A phase is final only when nothing of the pod runs any more, sidecars included. */
function podPhase(pod: Stored<Pod>, observed: PodObservation): string {
  const { init, main, over, failure } = observed;
  if (over) return !failure && main.every(succeeded) ? 'Succeeded' : 'Failed';
  if (init.some((status) => !isInitialised(status, observed))) return initPhase(main);
  // A container that waits for its next start counts as one that has ended.
  const isPending = main.some(({ state, lastState }) => state?.waiting && !lastState?.terminated);
  return isPending ? 'Pending' : 'Running';
}

/** After a reboot init containers run again, in a pod whose phase does not go back to Pending. */
function initPhase(main: readonly ContainerStatus[]): string {
  return main.some(({ lastState }) => lastState?.terminated) ? 'Running' : 'Pending';
}

function conditionsOf(pod: Stored<Pod>, phase: string, observed: PodObservation): PodCondition[] {
  const before = pod.status?.conditions;
  const ready = containersReady(phase, observed);
  const own = [
    truth('PodReadyToStartContainers', observed.sandboxReady),
    initialised(phase, observed),
    podReady(pod, ready),
    ready,
    truth('PodScheduled', true),
  ].map((condition) => observedCondition(before, { ...condition, observedGeneration: pod.metadata.generation }));
  // Those of others (readiness gates, a coming disruption) stay as they are.
  const others = (before ?? []).filter(({ type }) => own.every((condition) => condition.type !== type));
  return [...others, ...own];
}

function observedCondition(before: PodCondition[] | undefined, condition: PodCondition): PodCondition {
  return withCondition(before, condition).find(({ type }) => type === condition.type)!;
}

function initialised(phase: string, observed: PodObservation): PodCondition {
  if (phase === 'Succeeded') return truth('Initialized', true, 'PodCompleted');
  const incomplete = observed.init.filter((status) => !isInitialised(status, observed)).map(({ name }) => name);
  if (incomplete.length === 0) return truth('Initialized', true);
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return truth('Initialized', false, 'ContainersNotInitialized', message);
}

function containersReady(phase: string, { init, sidecars, main }: PodObservation): PodCondition {
  if (phase === 'Succeeded') return truth('ContainersReady', false, 'PodCompleted');
  if (phase === 'Failed') return truth('ContainersReady', false, 'PodFailed');
  const serving = [...init.filter(({ name }) => sidecars.has(name)), ...main];
  const unready = serving.filter(({ ready }) => !ready).map(({ name }) => name);
  if (unready.length === 0) return truth('ContainersReady', true);
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return truth('ContainersReady', false, 'ContainersNotReady', message);
}

function podReady(pod: Stored<Pod>, containers: PodCondition): PodCondition {
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const conditions = pod.status?.conditions ?? [];
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = conditions.find(({ type }) => type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return gate.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  return messages.length === 0
    ? truth('Ready', true)
    : truth('Ready', false, 'ReadinessGatesNotReady', messages.join(', '));
}

function isInitialised(status: ContainerStatus, { sidecars }: PodObservation): boolean {
  return sidecars.has(status.name) ? status.started === true : succeeded(status);
}

function succeeded({ state }: ContainerStatus): boolean {
  return state?.terminated?.exitCode === 0;
}

function truth(type: string, value: boolean, reason?: string, message?: string): PodCondition {
  return { type, status: value ? 'True' : 'False', ...(reason && { reason }), ...(message && { message }) };
}
