/** Watches the cluster during a run and writes down each transition, on the run's clock. */
import type { Cluster } from '../cluster/cluster.ts';
import { appOf, isServing, NAMESPACE, type KubeObject } from '../cluster/objects.ts';
import type { ObjectEvent } from '../cluster/watch.ts';
import type { ClusterEvent } from '../history/history.ts';
import type { RunClock } from './clock.ts';
import { endpointTransitions, nodeTransitions, podTransitions } from './transitions.ts';

export interface Recorder {
  readonly events: ClusterEvent[];
  /** Adds what the harness did itself. */
  note(name: string, what: string, detail?: string): void;
  stop(): void;
}

type Transitions = (before: KubeObject | undefined, after: KubeObject | undefined) => Omit<ClusterEvent, 'at'>[];

/** Resolves when all watches are under way: what happens from then on is recorded, what was there before is not. */
export async function startRecorder(cluster: Cluster, clock: RunClock): Promise<Recorder> {
  const events: ClusterEvent[] = [];
  const controller = new AbortController();
  const follow = async (
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    transitions: Transitions,
  ): Promise<void> => {
    const last = new Map<string, KubeObject>();
    let listing = true;
    const onEvent = ({ type, object }: ObjectEvent): void => {
      const before = last.get(object.metadata.uid!);
      if (type === 'DELETED') last.delete(object.metadata.uid!);
      else last.set(object.metadata.uid!, object);
      if (listing) return;
      const at = clock.now();
      for (const transition of transitions(before, type === 'DELETED' ? undefined : object))
        events.push({ at, ...transition });
    };
    await cluster.watch(apiVersion, kind, namespace === undefined ? {} : { namespace }, onEvent, controller.signal);
    listing = false;
  };
  await Promise.all([
    follow('v1', 'Node', undefined, nodeTransitions),
    follow('v1', 'Pod', NAMESPACE, podTransitions),
    follow('discovery.k8s.io/v1', 'EndpointSlice', NAMESPACE, endpointTransitions),
    follow('v1', 'Event', NAMESPACE, eventTransitions),
  ]);
  return {
    events,
    note: (name, what, detail) => {
      events.push({ at: clock.now(), kind: 'Harness', name, what, ...(detail !== undefined && { detail }) });
    },
    stop: () => controller.abort(),
  };
}

function eventTransitions(_before: KubeObject | undefined, after: KubeObject | undefined): Omit<ClusterEvent, 'at'>[] {
  if (after === undefined) return [];
  const { involvedObject, reason, message } = after as unknown as {
    involvedObject?: { kind?: string; name?: string };
    reason?: string;
    message?: string;
  };
  const name = `${involvedObject?.kind ?? ''}/${involvedObject?.name ?? ''}`;
  return [{ kind: 'Event', name, what: reason ?? '', ...(message !== undefined && { detail: message }) }];
}

/** Where the pods are now. One that is told to stop is no longer given new connections. */
export async function placements(
  cluster: Cluster,
): Promise<{ pod: string; node: string; app: string; ready: boolean }[]> {
  const pods = await cluster.pods();
  return pods
    .map((pod) => ({
      pod: pod.metadata.name,
      node: (pod.spec.nodeName as string | undefined) ?? '',
      app: appOf(pod),
      ready: isServing(pod),
    }))
    .toSorted((a, b) => a.pod.localeCompare(b.pod));
}
