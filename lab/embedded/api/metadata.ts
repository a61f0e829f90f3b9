/** What the API server itself writes into an object's metadata. */
import { randomInt, randomUUID } from 'node:crypto';
import type { KubeObject } from './types.ts';

/** Kubernetes' alphabet for generated names: no vowels and nothing that looks like one (k8s.io/apimachinery rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;

/** Now or `offsetSeconds` later, as timestamps of the API are written: to the second. */
export function timestamp(offsetSeconds = 0): string {
  return `${new Date(Date.now() + offsetSeconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** `prefix` with a random suffix, at most 63 characters. */
export function generateName(prefix: string): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return prefix.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + suffix;
}

/** Fills the metadata of a new object. Whatever the caller wrote into the system's fields is dropped. */
export function fillNewMetadata(object: KubeObject): void {
  const { metadata } = object;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp();
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation'] as const) {
    delete metadata[field];
  }
}

/** The fields of metadata that only the server changes: an update keeps them as they are. */
const SYSTEM_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'generation',
  'generateName',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;

/** Carries the system's fields over from `current` to the object that is to replace it. */
export function keepSystemMetadata(next: KubeObject, current: KubeObject): void {
  const target = next.metadata as unknown as Record<string, unknown>;
  for (const field of SYSTEM_FIELDS) {
    if (current.metadata[field] === undefined) delete target[field];
    else target[field] = current.metadata[field];
  }
}
