/**
 * All objects of the cluster, in memory, with one version counter and the history that watches start from.
 *
 * Objects are deeply frozen and shared by all readers and watchers: nothing is copied on the way out. The store knows
 * nothing of kinds; what may be written is decided in front of it.
 */
import { ApiError } from './errors.ts';
import { badRequest } from './status-errors.ts';
import type { KubeObject, Plural } from './types.ts';
import { freeze, share } from './values.ts';

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: number;
  plural: Plural;
  object: KubeObject;
  /** What it replaced, for MODIFIED. */
  previous?: KubeObject;
}

interface Watcher {
  plural: Plural;
  queue: StoreEvent[];
  stopped: boolean;
  deliver: (event: StoreEvent) => void;
}

/** How many past events a watch can be resumed from; the API server keeps a few thousand, too. */
const HISTORY_EVENTS = 8192;

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

export class Store {
  private version = 0;
  private readonly tables = new Map<Plural, Map<string, KubeObject>>();
  /** Objects by kind in the order of their keys, which is the order of lists. Dropped when a key comes or goes. */
  private readonly sorted = new Map<Plural, KubeObject[]>();
  private history: StoreEvent[] = [];
  /** The newest version that the history does not reach back to any more. */
  private forgotten = 0;
  private readonly watchers = new Set<Watcher>();
  private flushing = false;
  private readonly historyEvents: number;

  constructor(historyEvents = HISTORY_EVENTS) {
    this.historyEvents = historyEvents;
  }

  resourceVersion(): string {
    return String(this.version);
  }

  find(plural: Plural, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.tables.get(plural)?.get(keyOf(namespace, name));
  }

  /** All objects of the kind, by namespace and name. The array must not be changed. */
  all(plural: Plural): readonly KubeObject[] {
    const known = this.sorted.get(plural);
    if (known !== undefined) return known;
    const entries = [...(this.tables.get(plural) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    const objects = entries.map(([, object]) => object);
    this.sorted.set(plural, objects);
    return objects;
  }

  /**
   * Stores `object` under its name with a new resourceVersion, unless it equals what is there. Takes the object over:
   * it is frozen. Returns what is stored now.
   */
  put(plural: Plural, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const previous = this.find(plural, namespace, name);
    if (previous === undefined) return this.write({ type: 'ADDED', plural, object });
    const next = share(previous, {
      ...object,
      metadata: { ...object.metadata, resourceVersion: previous.metadata.resourceVersion },
    });
    if (next === previous) return previous;
    return this.write({ type: 'MODIFIED', plural, object: next, previous });
  }

  /** Takes the object out. Returns it as it last was, with the version of the deletion. */
  remove(plural: Plural, object: KubeObject): KubeObject {
    return this.write({ type: 'DELETED', plural, object });
  }

  /**
   * Events of the kind after `version`, in order, each in a later turn of the event loop than its write.
   * Throws 410 Expired when the history does not reach back to `version`.
   * Returns the function that ends the watch; no event is delivered after it was called.
   * @param initial delivered before all others
   */
  watch(
    plural: Plural,
    version: string,
    deliver: (event: StoreEvent) => void,
    initial: readonly StoreEvent[] = [],
  ): () => void {
    const watcher: Watcher = {
      plural,
      deliver,
      queue: [...initial, ...this.eventsAfter(plural, parseVersion(version))],
      stopped: false,
    };
    this.watchers.add(watcher);
    this.scheduleFlush();
    return () => {
      this.watchers.delete(watcher);
      watcher.stopped = true;
    };
  }

  private write(change: Omit<StoreEvent, 'version'>): KubeObject {
    const version = ++this.version;
    const object = freeze(withVersion(change.object, version));
    const event: StoreEvent = { ...change, object, version };
    this.keep(event);
    this.remember(event);
    for (const watcher of this.watchers) if (watcher.plural === event.plural) watcher.queue.push(event);
    this.scheduleFlush();
    return object;
  }

  private keep({ type, plural, object }: StoreEvent): void {
    const table = this.tables.get(plural) ?? new Map<string, KubeObject>();
    this.tables.set(plural, table);
    this.sorted.delete(plural);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (type === 'DELETED') table.delete(key);
    else table.set(key, object);
  }

  private remember(event: StoreEvent): void {
    this.history.push(event);
    // Cut half at a time, so that the cost of a write stays constant on average.
    if (this.history.length < 2 * this.historyEvents) return;
    this.forgotten = this.history[this.historyEvents - 1]!.version;
    this.history = this.history.slice(this.historyEvents);
  }

  private eventsAfter(plural: Plural, version: number): StoreEvent[] {
    if (version < this.forgotten) {
      throw new ApiError('Expired', `too old resource version: ${version} (${this.forgotten + 1})`);
    }
    if (version > this.version) throw tooLarge(version, this.version);
    return this.history.filter((event) => event.version > version && event.plural === plural);
  }

  private scheduleFlush(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      for (const watcher of this.watchers) drain(watcher);
    });
  }
}

/** Gives a watcher what is due. A handler that throws must not keep events from other watchers, nor go unnoticed. */
function drain(watcher: Watcher): void {
  const events = watcher.queue;
  watcher.queue = [];
  for (const event of events) {
    if (watcher.stopped) return;
    try {
      watcher.deliver(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function withVersion(object: KubeObject, version: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

function parseVersion(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

function tooLarge(version: number, current: number): ApiError {
  return new ApiError('Timeout', `Too large resource version: ${version}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
