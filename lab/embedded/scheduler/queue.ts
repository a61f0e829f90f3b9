/** Pods without a node: those to be tried next, and those for which something has to change first. */
import { equal } from '../api/values.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';
import type { ClusterEvent } from './filters/filter.ts';

interface Entry {
  pod: StoredPod;
  /** Order of arrival in the line of those to be tried. */
  turn: number;
  /** Undefined while the pod is to be tried; otherwise what it waits for. */
  waitsFor: ReadonlySet<ClusterEvent> | undefined;
}

export class SchedulingQueue {
  readonly #entries = new Map<string, Entry>();
  #turn = 0;

  /** Adds the pod, or notes its new state, which is worth a try only if it asks for something else now. */
  put(pod: StoredPod): void {
    const entry = this.#entries.get(pod.metadata.uid);
    if (!entry) {
      this.#entries.set(pod.metadata.uid, { pod, turn: this.#turn++, waitsFor: undefined });
      return;
    }
    const changed = !equal(entry.pod.spec, pod.spec) || !equal(entry.pod.metadata.labels, pod.metadata.labels);
    entry.pod = pod;
    if (changed) this.#retry(entry);
  }

  remove(uid: string): void {
    this.#entries.delete(uid);
  }

  /** The pod of highest priority, and of those the one that has waited longest. It stays in the queue. */
  next(): StoredPod | undefined {
    let best: Entry | undefined;
    for (const entry of this.#entries.values()) {
      if (!entry.waitsFor && (!best || isBefore(entry, best))) best = entry;
    }
    return best?.pod;
  }

  /** Lets the pod wait until one of these events happens. */
  park(uid: string, waitsFor: ReadonlySet<ClusterEvent>): void {
    const entry = this.#entries.get(uid);
    if (entry) entry.waitsFor = waitsFor;
  }

  /** Whether any pod is to be tried again. */
  wake(event: ClusterEvent): boolean {
    let woken = false;
    for (const entry of this.#entries.values()) {
      if (!entry.waitsFor?.has(event)) continue;
      this.#retry(entry);
      woken = true;
    }
    return woken;
  }

  #retry(entry: Entry): void {
    entry.waitsFor = undefined;
    entry.turn = this.#turn++;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  const priority = (entry: Entry): number => entry.pod.spec?.priority ?? 0;
  return priority(a) > priority(b) || (priority(a) === priority(b) && a.turn < b.turn);
}
