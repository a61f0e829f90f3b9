/**
 * Events: what happened to an object, for people. Shown by `kubectl get events` and at the end of `kubectl describe`.
 * The same thing said again is one event with a higher count, as client-go's correlator does it.
 */
import type { Event, ObjectReference } from 'kubernetes-types/core/v1.js';
import { ApiError } from '../api/errors.ts';
import type { ApiClient } from '../api/client.ts';
import { timestamp } from '../api/metadata.ts';
import type { KubeObject, Stored } from '../api/types.ts';
import { keyOf, splitKey, watch } from './runtime.ts';
import type { Controller } from './runtime.ts';
import { secondsSince } from './shared/time.ts';

/** The API server's default --event-ttl. */
const EVENT_TTL_SECONDS = 3600;

/** Events of each reporter that can be said again, as many as client-go's correlator remembers. */
const REMEMBERED = 4096;
const toldBy = new WeakMap<ApiClient, Map<string, string>>();

export type EventType = 'Normal' | 'Warning';

export interface EventOrigin {
  /** The node that a kubelet reports from. */
  host?: string | undefined;
  /** The part of the object that is meant, e.g. `spec.containers{app}`. */
  fieldPath?: string | undefined;
}

/**
 * Records that something happened to `regarding`. `reason` is one CamelCase word, `message` a sentence for people,
 * `component` the reporter (`deployment-controller`, `kubelet`). Events are told on a best-effort basis: when the API
 * refuses one (its namespace is being deleted, say), the work that it tells of goes on.
 */
export function recordEvent(
  client: ApiClient,
  regarding: KubeObject,
  type: EventType,
  reason: string,
  message: string,
  component: string,
  { host, fieldPath }: EventOrigin = {},
): void {
  const { namespace = 'default', uid } = regarding.metadata;
  // What makes two events the same.
  const content = JSON.stringify([uid, fieldPath, type, reason, message, component, host]);
  const names = namesTold(client);
  const now = timestamp();
  try {
    const told = names.get(content);
    const earlier = told === undefined ? undefined : client.find('events', namespace, told);
    if (earlier) {
      client.update('events', { ...earlier, count: (earlier.count ?? 1) + 1, lastTimestamp: now });
      return;
    }
    const name = `${regarding.metadata.name}.${timeInName()}`;
    remember(names, content, name);
    client.create('events', {
      metadata: { namespace, name },
      involvedObject: referenceTo(regarding, fieldPath),
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component, ...(host !== undefined && { host }) },
      reportingComponent: component,
      reportingInstance: host ?? '',
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

function namesTold(client: ApiClient): Map<string, string> {
  const known = toldBy.get(client) ?? new Map<string, string>();
  toldBy.set(client, known);
  return known;
}

function remember(names: Map<string, string>, content: string, name: string): void {
  names.delete(content);
  names.set(content, name);
  if (names.size > REMEMBERED) names.delete(names.keys().next().value!);
}

let latest = 0n;

/** Nanoseconds in hexadecimal, each more than the last: sorted by name, events are in the order in which they happened. */
function timeInName(): string {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  latest = now > latest ? now : latest + 1n;
  return latest.toString(16);
}

function referenceTo(object: KubeObject, fieldPath: string | undefined): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    name,
    uid,
    resourceVersion,
    ...(namespace !== undefined && { namespace }),
    ...(fieldPath !== undefined && { fieldPath }),
  };
}

/** Forgets events an hour after they last happened. */
export function eventExpiry(client: ApiClient, ttlSeconds: number = EVENT_TTL_SECONDS): Controller {
  return {
    name: 'event-expiry',
    watches: [watch('events', (event) => [keyOf(event)])],
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const event = client.find('events', namespace, name);
      if (!event) return undefined;
      const remaining = ttlSeconds - secondsSince(lastSeen(event));
      if (remaining > 0) return remaining;
      client.delete('events', namespace, name);
      return undefined;
    },
  };
}

function lastSeen(event: Stored<Event>): string {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
}
