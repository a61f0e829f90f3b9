/**
 * A watch that survives: when it ends for whatever reason, the objects are listed again and only what really changed
 * meanwhile is reported, so that no transition is lost and none is told twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Watch, type KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from './objects.ts';
import { HttpMethod, type RestApi } from './rest.ts';

export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
}

interface Subject {
  path: string;
  query: Record<string, string | undefined>;
  apiVersion: string;
  kind: string;
}

/** Pause before listing again, so that a server that is away is not hammered. */
const RELIST_PAUSE_MS = 200;

/**
 * Resolves once the first listing has been delivered (as ADDED); the rest goes on until the signal aborts.
 * Throws when the first listing fails.
 */
export async function watchObjects(
  api: RestApi,
  config: KubeConfig,
  subject: Subject,
  handler: (event: ObjectEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, KubeObject>();
  let version: string | undefined = await relist(api, subject, known, handler);
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      if (version !== undefined) await watchOnce(config, subject, version, known, handler, signal);
      if (signal.aborted) return;
      await delay(RELIST_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      // From an earlier listing's version the server would tell again what has been told since.
      version = await relist(api, subject, known, handler).catch(() => undefined);
    }
  };
  void follow();
}

async function relist(
  api: RestApi,
  subject: Subject,
  known: Map<string, KubeObject>,
  handler: (event: ObjectEvent) => void,
): Promise<string> {
  const list = await api.json<{ items: KubeObject[]; metadata: { resourceVersion: string } }>(
    HttpMethod.GET,
    subject.path,
    { query: subject.query },
  );
  const present = new Set<string>();
  for (const item of list.items) {
    const object = { ...item, apiVersion: subject.apiVersion, kind: subject.kind };
    present.add(keyOf(object));
    deliver(known, { type: 'MODIFIED', object }, handler);
  }
  for (const [key, object] of known) {
    if (!present.has(key)) deliver(known, { type: 'DELETED', object }, handler);
  }
  return list.metadata.resourceVersion;
}

/** Resolves when the watch has ended: closed by either side, expired, or failed. */
async function watchOnce(
  config: KubeConfig,
  subject: Subject,
  resourceVersion: string,
  known: Map<string, KubeObject>,
  handler: (event: ObjectEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const ended = (): void => resolve();
    const watch = new Watch(config);
    const query = { ...subject.query, resourceVersion, allowWatchBookmarks: true };
    const onEvent = (type: string, object: KubeObject): void => {
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') deliver(known, { type, object }, handler);
    };
    watch.watch(subject.path, query, onEvent, ended).then((controller) => {
      if (signal.aborted) controller.abort();
      else signal.addEventListener('abort', () => controller.abort(), { once: true });
    }, ended);
  });
}

/** Reports an event unless it is known already, and corrects its type by what is known. */
function deliver(known: Map<string, KubeObject>, event: ObjectEvent, handler: (event: ObjectEvent) => void): void {
  const key = keyOf(event.object);
  const before = known.get(key);
  if (event.type === 'DELETED') {
    if (known.delete(key)) handler(event);
    return;
  }
  if (before?.metadata.resourceVersion === event.object.metadata.resourceVersion) return;
  known.set(key, event.object);
  handler({ type: before === undefined ? 'ADDED' : 'MODIFIED', object: event.object });
}

/** By uid: an object that was deleted and made again under its name is another one. */
function keyOf(object: KubeObject): string {
  return object.metadata.uid ?? `${object.metadata.namespace}/${object.metadata.name}`;
}
