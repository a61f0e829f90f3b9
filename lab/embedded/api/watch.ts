/** Watches over a selection of objects: turns what happens to all objects into what happens to the selected ones. */
import type { WatchEvent } from './client.ts';
import type { Store, StoreEvent } from './store.ts';
import type { KubeObject, Plural } from './types.ts';
import { freeze } from './values.ts';

export type Selection = (object: KubeObject) => boolean;

/**
 * Delivers to `handler` what happens to the selected objects of a kind after `version`; without a version (or with
 * '0'), first ADDED for each there is. An object that leaves the selection is reported as DELETED in its last selected
 * state, one that enters it as ADDED. Throws as Store.watch does. Returns the function that ends the watch.
 */
export function watchSelection(
  store: Store,
  plural: Plural,
  selected: Selection,
  version: string | undefined,
  handler: (event: WatchEvent<KubeObject>) => void,
): () => void {
  const deliver = (event: StoreEvent): void => {
    const seen = select(event, selected);
    if (seen !== undefined) handler(seen);
  };
  if (version !== undefined && version !== '0') return store.watch(plural, version, deliver);
  const initial = store.all(plural).map((object): StoreEvent => ({ type: 'ADDED', version: 0, plural, object }));
  return store.watch(plural, store.resourceVersion(), deliver, initial);
}

function select(event: StoreEvent, selected: Selection): WatchEvent<KubeObject> | undefined {
  const { type, object, previous } = event;
  const now = selected(object);
  if (type !== 'MODIFIED') return now ? { type, object } : undefined;
  const before = selected(previous!);
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', object };
  return before ? { type: 'DELETED', object: atVersion(previous!, object.metadata.resourceVersion) } : undefined;
}

/** Clients resume from the version of the last event they saw, so the leaving object carries that of the change. */
function atVersion(object: KubeObject, resourceVersion: string): KubeObject {
  return freeze({ ...object, metadata: { ...object.metadata, resourceVersion } });
}
