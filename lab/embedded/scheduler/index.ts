/**
 * The scheduler: gives each pod that has no node the best of those it can go to.
 *
 * Pods are tried one after another, so that each decision sees the ones before it. A pod that fits nowhere waits until
 * something happens that could make a difference: nothing is polled.
 */
import type { ApiClient } from '../api/client.ts';
import { recordEvent } from '../controllers/events.ts';
import type { EventType } from '../controllers/events.ts';
import { withCondition } from '../controllers/shared/conditions.ts';
import { withFieldManager } from '../controllers/shared/field-manager.ts';
import { isFinished, isTerminating } from '../controllers/shared/pods.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';
import { patchMetadata, updateStatus } from '../controllers/shared/write.ts';
import { SELECTED_NODE } from '../controllers/volume/names.ts';
import { observeCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { decide } from './decision.ts';
import type { ClusterEvent } from './filters/filter.ts';
import { unboundClaims } from './filters/volumes.ts';
import { watchCluster } from './observation.ts';
import { SchedulingQueue } from './queue.ts';

const COMPONENT = 'default-scheduler';
const ALL_EVENTS: ReadonlySet<ClusterEvent> = new Set(['node-changed', 'pod-removed', 'pod-placed', 'volume-changed']);

/** Runs until stop(). Errors of one pod's scheduling are reported; the pod is tried again at the next event. */
export function startScheduler(client: ApiClient): { stop(): void } {
  return new Scheduler(withFieldManager(client, 'kube-scheduler'));
}

class Scheduler {
  readonly #client: ApiClient;
  readonly #queue = new SchedulingQueue();
  /** Pods that wait for a volume on the node that was chosen for them; by uid. */
  readonly #reservations = new Map<string, string>();
  readonly #stopWatches: () => void;
  #turn: NodeJS.Immediate | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#stopWatches = watchCluster(client, {
      pod: (pod) => this.#note(pod),
      podGone: (uid) => this.#forget(uid),
      event: (event) => this.#wake(event),
    });
  }

  stop(): void {
    this.#stopWatches();
    clearImmediate(this.#turn);
  }

  #note(pod: StoredPod): void {
    if (!isWaiting(pod)) {
      this.#forget(pod.metadata.uid);
      return;
    }
    this.#queue.put(pod);
    this.#schedule();
  }

  #forget(uid: string): void {
    this.#queue.remove(uid);
    this.#reservations.delete(uid);
  }

  #wake(event: ClusterEvent): void {
    if (this.#queue.wake(event)) this.#schedule();
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#tryNext();
    });
  }

  #tryNext(): void {
    const queued = this.#queue.next();
    if (!queued) return;
    const { namespace, name, uid } = queued.metadata;
    const pod = this.#client.find('pods', namespace, name);
    // The watch tells late: what counts is how the pod is now.
    if (pod?.metadata.uid !== uid || !isWaiting(pod)) this.#forget(uid);
    else this.#try(pod);
    this.#schedule();
  }

  #try(pod: StoredPod): void {
    const { uid } = pod.metadata;
    try {
      this.#reservations.delete(uid);
      const cluster = observeCluster(this.#client, this.#reservations);
      const decision = decide(pod, cluster);
      if (decision.node) this.#place(pod, decision.node.name, cluster);
      else {
        this.#queue.park(uid, decision.wakesOn);
        reportFailure(this.#client, pod, decision.message);
      }
    } catch (error) {
      console.error(`scheduler: ${pod.metadata.namespace}/${pod.metadata.name}:`, error);
      this.#queue.park(uid, ALL_EVENTS);
    }
  }

  /** Binds the pod, or, when claims of it are unbound, asks for volumes on the node and keeps its place until then. */
  #place(pod: StoredPod, node: string, cluster: Cluster): void {
    const { namespace, name, uid } = pod.metadata;
    const unbound = unboundClaims(pod, cluster);
    if (unbound.length > 0) {
      this.#reservations.set(uid, node);
      this.#queue.park(uid, new Set(['volume-changed', 'node-changed']));
      for (const claim of unbound) {
        patchMetadata(this.#client, 'persistentvolumeclaims', claim, { annotations: { [SELECTED_NODE]: node } });
      }
      return;
    }
    this.#client.bind(namespace!, name, node);
    this.#queue.remove(uid);
    tell(this.#client, pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`);
  }
}

function isWaiting(pod: StoredPod): boolean {
  const { nodeName, schedulerName = COMPONENT, schedulingGates = [] } = pod.spec!;
  if (nodeName || schedulerName !== COMPONENT || schedulingGates.length > 0) return false;
  return !isTerminating(pod) && !isFinished(pod);
}

function reportFailure(client: ApiClient, pod: StoredPod, message: string): void {
  tell(client, pod, 'Warning', 'FailedScheduling', message);
  const conditions = withCondition(pod.status?.conditions, {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    observedGeneration: pod.metadata.generation,
  });
  updateStatus(client, 'pods', pod, { ...pod.status, conditions });
}

function tell(client: ApiClient, pod: StoredPod, type: EventType, reason: string, message: string): void {
  recordEvent(client, pod, type, reason, message, COMPONENT);
}
