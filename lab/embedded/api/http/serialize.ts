/**
 * Objects as JSON. Stored objects are frozen, so each is turned into text once, however many clients read or watch it.
 */
import type { KubeObject } from '../types.ts';

const wholeTexts = new WeakMap<object, string>();
const itemTexts = new WeakMap<object, string>();
const metadataTexts = new WeakMap<object, string>();

/** The object as it is answered and watched. */
export function objectJson(object: KubeObject): string {
  return cached(wholeTexts, object, () => JSON.stringify(object));
}

/** The object as an item of a typed list: there, apiVersion and kind stand once for all. */
export function itemJson(object: KubeObject): string {
  return cached(itemTexts, object, () => JSON.stringify({ ...object, apiVersion: undefined, kind: undefined }));
}

/** The object's PartialObjectMetadata. */
export function metadataJson(object: KubeObject): string {
  return cached(metadataTexts, object, () =>
    JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }),
  );
}

function cached(texts: WeakMap<object, string>, object: KubeObject, make: () => string): string {
  // What is not frozen may still change: the result of a dry run, for one.
  if (!Object.isFrozen(object)) return make();
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = make();
  texts.set(object, text);
  return text;
}
