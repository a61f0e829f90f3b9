/**
 * The machinery that every control loop shares.
 *
 * A controller says which objects it watches and which key each of them concerns. Whatever happens, the answer is the
 * same: put the key into a queue, and later bring the world nearer to what the object under that key asks for
 * (level-triggered: what counts is the state that is found, not the event that led there).
 */
import { isReason } from '../api/errors.ts';
import type { ApiClient } from '../api/client.ts';
import type { Kinds, Plural, Stored } from '../api/types.ts';

const FIRST_BACKOFF_MS = 5;
/** client-go goes up to 1000 s; a lab does not last that long. */
const LONGEST_BACKOFF_MS = 30_000;

/** Seconds after which the key is to be looked at again although nothing happens; undefined: not before something does. */
export type RequeueAfter = number | undefined;

export interface Controller {
  name: string;
  watches: Watch[];
  /** Called for one key at a time. When it throws, the key is tried again, later each time. */
  reconcile(key: string): RequeueAfter | Promise<RequeueAfter>;
}

/** Made by watch(): a stream of keys to reconcile. */
export interface Watch {
  start(client: ApiClient, enqueue: (key: string) => void): () => void;
}

export type Stop = () => void;

/** Watches all objects of a kind. `keysOf` names the keys that a change of the object concerns. */
export function watch<P extends Plural>(plural: P, keysOf: (object: Stored<Kinds[P]>) => Iterable<string>): Watch {
  return {
    start(client, enqueue) {
      const keysByUid = new Map<string, string[]>();
      return client.watch(plural, {}, ({ type, object }) => {
        if (type === 'BOOKMARK') return;
        const { uid } = object.metadata;
        const keys = [...keysOf(object)];
        // An object that changes hands (other labels, owner or node) concerns the keys of both its states.
        for (const key of new Set([...(keysByUid.get(uid) ?? []), ...keys])) enqueue(key);
        if (type === 'DELETED') keysByUid.delete(uid);
        else keysByUid.set(uid, keys);
      });
    },
  };
}

/** `namespace/name`, or the bare name of a cluster-scoped object. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The inverse of keyOf for a namespaced object. */
export function splitKey(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

export type ErrorReporter = (controller: string, key: string, error: unknown) => void;

/** Runs the loop until the returned function is called. Errors of reconcile are reported and retried, never thrown. */
export function startController(client: ApiClient, controller: Controller, report: ErrorReporter = logError): Stop {
  const loop = new Loop(controller, report);
  const stops = controller.watches.map((watch) => watch.start(client, (key) => loop.add(key)));
  return () => {
    for (const stop of stops) stop();
    loop.stop();
  };
}

function logError(controller: string, key: string, error: unknown): void {
  console.error(`${controller} controller: ${key}:`, error);
}

/** A queue that holds each key at most once, and its one worker. */
class Loop {
  readonly #controller: Controller;
  readonly #report: ErrorReporter;
  readonly #waiting = new Set<string>();
  readonly #later = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  #busy = false;
  #stopped = false;

  constructor(controller: Controller, report: ErrorReporter) {
    this.#controller = controller;
    this.#report = report;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#waiting.add(key);
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#later.clear();
  }

  #addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    this.#later.set(
      key,
      setTimeout(() => this.add(key), delayMs),
    );
  }

  #wake(): void {
    if (this.#busy) return;
    const [key] = this.#waiting;
    if (key === undefined) return;
    this.#busy = true;
    // One key a turn of the event loop: events that belong together are answered once, and nobody else starves.
    setImmediate(() => void this.#work(key));
  }

  async #work(key: string): Promise<void> {
    if (this.#waiting.delete(key)) {
      clearTimeout(this.#later.get(key));
      this.#later.delete(key);
      await this.#reconcile(key);
    }
    this.#busy = false;
    this.#wake();
  }

  async #reconcile(key: string): Promise<void> {
    try {
      const seconds = await this.#controller.reconcile(key);
      this.#failures.delete(key);
      if (seconds !== undefined) this.#addAfter(key, Math.max(0, seconds) * 1000);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      // A conflict only says that somebody else was faster: look again.
      if (!isReason(error, 'Conflict')) this.#report(this.#controller.name, key, error);
      this.#addAfter(key, Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS));
    }
  }
}

/** What was to be created would be swept away at once with its namespace: nothing to retry, nothing to report. */
function isNamespaceTerminating(error: unknown): boolean {
  return (
    isReason(error, 'Forbidden') &&
    (error.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
  );
}
