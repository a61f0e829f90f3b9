/** Events that describe a state: recorded when the state begins or changes, not each time that it is looked at. */
import type { ApiClient } from '../../api/client.ts';
import type { KubeObject } from '../../api/types.ts';
import { recordEvent, type EventType } from '../../controllers/events.ts';

export interface Note {
  type: EventType;
  reason: string;
  message: string;
}

export class Announcer {
  readonly #client: ApiClient;
  readonly #component: string;
  /** By object, what was said last. */
  readonly #said = new Map<string, Set<string>>();

  constructor(client: ApiClient, component: string) {
    this.#client = client;
    this.#component = component;
  }

  /** `notes` are all that is to be said about `object` now. */
  announce(object: KubeObject, notes: readonly Note[]): void {
    const before = this.#said.get(object.metadata.uid);
    for (const { type, reason, message } of notes) {
      if (before?.has(message)) continue;
      recordEvent(this.#client, object, type, reason, message, this.#component);
    }
    if (notes.length > 0) this.#said.set(object.metadata.uid, new Set(notes.map(({ message }) => message)));
    else this.#said.delete(object.metadata.uid);
  }

  /** Forgets objects that are no more. */
  keepOnly(uids: ReadonlySet<string>): void {
    for (const uid of this.#said.keys()) if (!uids.has(uid)) this.#said.delete(uid);
  }
}
