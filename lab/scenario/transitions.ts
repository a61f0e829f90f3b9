/** From two states of an object to what happened between them. Pure. */
import { APP_LABEL, appOf, isConditionTrue, type KubeObject } from '../cluster/objects.ts';
import type { ClusterEvent } from '../history/history.ts';

type Transition = Omit<ClusterEvent, 'at'>;
type State = KubeObject | undefined;

export function nodeTransitions(before: State, after: State): Transition[] {
  const name = (after ?? before)!.metadata.name;
  const list: string[] = [];
  if (before === undefined) list.push('added');
  if (after === undefined) return [{ kind: 'Node', name, what: 'removed' }];
  const wasReady = before !== undefined && isConditionTrue(before, 'Ready');
  const isReady = isConditionTrue(after, 'Ready');
  if (isReady !== wasReady) list.push(isReady ? 'ready' : 'not-ready');
  const wasUnschedulable = before?.spec?.unschedulable === true;
  const isUnschedulable = after.spec?.unschedulable === true;
  if (isUnschedulable !== wasUnschedulable) list.push(isUnschedulable ? 'unschedulable' : 'schedulable');
  return list.map((what) => ({ kind: 'Node', name, what }));
}

export function podTransitions(before: State, after: State): Transition[] {
  const object = (after ?? before)!;
  const node: string | undefined = object.spec?.nodeName;
  const base = {
    kind: 'Pod' as const,
    name: object.metadata.name,
    app: appOf(object),
    ...(node !== undefined && { node }),
  };
  if (after === undefined) return [{ ...base, what: 'deleted' }];
  const became = (test: (pod: KubeObject) => boolean): boolean =>
    test(after) && (before === undefined || !test(before));
  const list: string[] = [];
  if (before === undefined) list.push('created');
  if (became((pod) => pod.spec?.nodeName !== undefined)) list.push('scheduled');
  if (became((pod) => pod.status?.phase === 'Running')) list.push('started');
  if (before !== undefined && restarts(after) > restarts(before)) list.push('restarted');
  if (became((pod) => isConditionTrue(pod, 'Ready'))) list.push('ready');
  if (before !== undefined && isConditionTrue(before, 'Ready') && !isConditionTrue(after, 'Ready'))
    list.push('not-ready');
  if (became((pod) => pod.metadata.deletionTimestamp !== undefined)) list.push('terminating');
  if (became((pod) => pod.status?.phase === 'Failed')) list.push('failed');
  return list.map((what) => ({ ...base, what }));
}

function restarts(pod: KubeObject): number {
  const statuses: { restartCount: number }[] = pod.status?.containerStatuses ?? [];
  return statuses.reduce((sum, status) => sum + status.restartCount, 0);
}

interface Endpoint {
  targetRef?: { name: string };
  nodeName?: string;
  conditions?: { ready?: boolean };
}

/** One transition for each pod whose readiness as an endpoint changed. */
export function endpointTransitions(before: State, after: State): Transition[] {
  const object = (after ?? before)!;
  const app = object.metadata.labels?.[APP_LABEL] ?? object.metadata.labels?.['kubernetes.io/service-name'] ?? '';
  const earlier = endpointsByPod(before);
  const later = endpointsByPod(after);
  const transitions: Transition[] = [];
  for (const [name, endpoint] of later) {
    const wasReady = earlier.get(name)?.conditions?.ready;
    const isReady = endpoint.conditions?.ready !== false;
    if (isReady === wasReady || (wasReady === undefined && !isReady)) continue;
    transitions.push(transition(name, endpoint, isReady ? 'endpoint-ready' : 'endpoint-not-ready', app));
  }
  for (const [name, endpoint] of earlier) {
    if (!later.has(name)) transitions.push(transition(name, endpoint, 'endpoint-removed', app));
  }
  return transitions;
}

function endpointsByPod(slice: State): Map<string, Endpoint> {
  const endpoints = (slice?.['endpoints'] as Endpoint[] | undefined) ?? [];
  return new Map(endpoints.flatMap((endpoint) => (endpoint.targetRef ? [[endpoint.targetRef.name, endpoint]] : [])));
}

function transition(name: string, endpoint: Endpoint, what: string, app: string): Transition {
  const node = endpoint.nodeName;
  return { kind: 'EndpointSlice', name, what, app, ...(node !== undefined && { node }) };
}
