/**
 * StatefulSet: pods with names, made and removed in order.
 * No name is given twice: a pod on a lost node keeps its place until it is certain to be gone, however long that takes.
 */
import type { Pod, PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { StatefulSetStatus } from 'kubernetes-types/apps/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { recordEvent } from '../events.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { claimOwned, ownerKeys } from '../shared/owners.ts';
import { isAvailable, isFinished, isReady, isTerminating, nextAvailable } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';
import { patchMetadata, updateStatus } from '../shared/write.ts';
import { applyRetention, COMPONENT, ensureClaims } from './claims.ts';
import { identityLabels, newPod, ordinalOf, ordinalRange, REVISION_LABEL } from './identity.ts';
import type { StoredStatefulSet } from './identity.ts';
import { pruneRevisions, syncRevisions, templateOf } from './revisions.ts';
import type { Revisions } from './revisions.ts';

export function statefulSetController(client: ApiClient): Controller {
  return {
    name: 'statefulset',
    watches: [
      watch('statefulsets', (set) => [keyOf(set)]),
      watch('pods', (pod) => ownerKeys(client, pod, 'StatefulSet', 'statefulsets')),
      watch('persistentvolumeclaims', (claim) => waitingSets(client, claim.metadata)),
    ],
    reconcile(key) {
      const set = client.find('statefulsets', ...splitKey(key));
      if (!set) return undefined;
      const revisions = syncRevisions(client, set);
      if (set.metadata.deletionTimestamp === undefined) new Round(client, set, revisions).run();
      const pods = podsOf(client, set);
      // Before the status: a pod that becomes available in between would be waited for by nobody.
      const wait = nextAvailable(pods, set.spec!.minReadySeconds);
      updateStatus(client, 'statefulsets', set, statusOf(set, revisions, pods));
      pruneRevisions(client, set, revisions, pods);
      return wait;
    },
  };
}

/** Sets that may be waiting for the end of a claim: their pods' claims are named after them. */
function waitingSets(client: ApiClient, claim: { namespace?: string; name: string }): string[] {
  const sets = client.list('statefulsets', { namespace: claim.namespace });
  return sets.filter((set) => claim.name.includes(`-${set.metadata.name}-`)).map(keyOf);
}

/** The set's pods by ordinal, lowest first. */
function podsOf(client: ApiClient, set: StoredStatefulSet): StoredPod[] {
  const ordinal = (pod: StoredPod): number => ordinalOf(set, pod.metadata.name)!;
  return claimOwned(client, 'pods', set, set.spec!.selector)
    .filter((pod) => ordinalOf(set, pod.metadata.name) !== undefined)
    .sort((a, b) => ordinal(a) - ordinal(b));
}

/** One pass over the set: as far as order allows. With policy OrderedReady, that is mostly one pod. */
class Round {
  readonly #client: ApiClient;
  readonly #set: StoredStatefulSet;
  readonly #revisions: Revisions;
  /** Whether each pod waits for the one before it. */
  readonly #ordered: boolean;

  constructor(client: ApiClient, set: StoredStatefulSet, revisions: Revisions) {
    this.#client = client;
    this.#set = set;
    this.#revisions = revisions;
    this.#ordered = set.spec!.podManagementPolicy !== 'Parallel';
  }

  run(): void {
    if (this.#bringUp() && this.#scaleDown()) this.#update();
  }

  /** Makes sure that each ordinal has its pod. False when the rest has to wait. */
  #bringUp(): boolean {
    const pods = new Map(podsOf(this.#client, this.#set).map((pod) => [pod.metadata.name, pod]));
    const { first, end } = ordinalRange(this.#set);
    for (let ordinal = first; ordinal < end; ordinal++) {
      const pod = pods.get(`${this.#set.metadata.name}-${ordinal}`);
      const settled = pod ? this.#keepUp(pod, ordinal) : this.#create(ordinal);
      if (this.#ordered && !settled) return false;
    }
    return true;
  }

  /** Whether the pod is healthy. A finished one is removed, so that it can be made again. */
  #keepUp(pod: StoredPod, ordinal: number): boolean {
    if (isFinished(pod)) {
      if (!isTerminating(pod)) this.#delete(pod);
      return false;
    }
    if (pod.status?.phase === 'Pending') ensureClaims(this.#client, this.#set, ordinal);
    applyRetention(this.#client, this.#set, pod);
    patchMetadata(this.#client, 'pods', pod, { labels: identityLabels(this.#set, ordinal) });
    return this.#isHealthy(pod);
  }

  #create(ordinal: number): false {
    if (!ensureClaims(this.#client, this.#set, ordinal)) return false;
    const { metadata } = this.#set;
    const pod = this.#podFor(ordinal);
    const action = `create Pod ${pod.metadata!.name} in StatefulSet ${metadata.name}`;
    try {
      applyRetention(this.#client, this.#set, this.#client.create('pods', pod));
      recordEvent(this.#client, this.#set, 'Normal', 'SuccessfulCreate', `${action} successful`, COMPONENT);
      return false;
    } catch (error) {
      const message = `${action} failed error: ${(error as Error).message}`;
      recordEvent(this.#client, this.#set, 'Warning', 'FailedCreate', message, COMPONENT);
      throw error;
    }
  }

  /** Below the partition of a rolling update, pods stay with the current revision even when they are made anew. */
  #podFor(ordinal: number): Pod {
    const { current, update } = this.#revisions;
    const revision = ordinal < this.#firstUpdated() ? current : update;
    const template: PodTemplateSpec = templateOf(revision);
    return newPod(this.#set, template, revision.metadata.name, ordinal);
  }

  /** Removes pods beyond the wanted ordinals, highest first. False when the rest has to wait. */
  #scaleDown(): boolean {
    const { first, end } = ordinalRange(this.#set);
    const condemned = podsOf(this.#client, this.#set).filter((pod) => {
      const ordinal = ordinalOf(this.#set, pod.metadata.name)!;
      return ordinal < first || ordinal >= end;
    });
    const firstUnhealthy = condemned.find((pod) => !this.#isHealthy(pod));
    for (const pod of condemned.toReversed()) {
      applyRetention(this.#client, this.#set, pod);
      if (this.#ordered && (isTerminating(pod) || (!this.#isHealthy(pod) && pod !== firstUnhealthy))) return false;
      if (!isTerminating(pod)) this.#delete(pod);
      if (this.#ordered) return false;
    }
    return true;
  }

  /** Removes the highest pod of an older revision, to be made anew; while any pod above it is unhealthy, waits. */
  #update(): void {
    if (this.#set.spec!.updateStrategy?.type === 'OnDelete') return;
    for (const pod of podsOf(this.#client, this.#set).toReversed()) {
      if (ordinalOf(this.#set, pod.metadata.name)! < this.#firstUpdated()) return;
      const outdated = pod.metadata.labels?.[REVISION_LABEL] !== this.#revisions.update.metadata.name;
      if (outdated && !isTerminating(pod)) {
        this.#delete(pod);
        return;
      }
      if (!this.#isHealthy(pod)) return;
    }
  }

  #firstUpdated(): number {
    const { updateStrategy } = this.#set.spec!;
    return ordinalRange(this.#set).first + (updateStrategy?.rollingUpdate?.partition ?? 0);
  }

  #isHealthy(pod: StoredPod): boolean {
    return !isTerminating(pod) && isAvailable(pod, this.#set.spec!.minReadySeconds);
  }

  #delete(pod: StoredPod): void {
    const { namespace, name, uid } = pod.metadata;
    this.#client.delete('pods', namespace, name, { preconditions: { uid } });
    const message = `delete Pod ${name} in StatefulSet ${this.#set.metadata.name} successful`;
    recordEvent(this.#client, this.#set, 'Normal', 'SuccessfulDelete', message, COMPONENT);
  }
}

function statusOf(set: StoredStatefulSet, revisions: Revisions, pods: StoredPod[]): StatefulSetStatus {
  const { current, update, collisionCount } = revisions;
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const ofRevision = (name: string): number =>
    pods.filter((pod) => !isTerminating(pod) && pod.metadata.labels?.[REVISION_LABEL] === name).length;
  const status = {
    observedGeneration: set.metadata.generation!,
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isAvailable(pod, set.spec!.minReadySeconds)).length,
    currentReplicas: ofRevision(current.metadata.name),
    updatedReplicas: ofRevision(update.metadata.name),
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
  };
  const desired = set.spec!.replicas ?? 1;
  const updated = [status.replicas, status.updatedReplicas, status.readyReplicas].every((count) => count === desired);
  if (!updated || set.spec!.updateStrategy?.type === 'OnDelete') return status;
  return { ...status, currentRevision: update.metadata.name, currentReplicas: status.updatedReplicas };
}
