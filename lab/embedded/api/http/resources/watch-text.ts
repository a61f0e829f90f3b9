/** Watch events as lines of JSON. What several watchers see in the same form is put into bytes once for all of them. */
import type { WatchEvent } from '../../client.ts';
import type { Plural, KubeObject } from '../../types.ts';
import { objectJson, metadataJson } from '../serialize.ts';
import { tableJson } from '../tables/table.ts';
import type { IncludeObject } from '../tables/table.ts';

/** How a watcher wants the objects. */
export type WatchForm = { as: 'Object' } | { as: 'Metadata' } | { as: 'Table'; includeObject: IncludeObject };

interface CachedLine {
  line: Buffer;
  madeAt: number;
}

const lines = new WeakMap<object, Map<string, CachedLine>>();

/** A row of a Table shows ages, which must not be old themselves. */
const TABLE_FRESH_MILLISECONDS = 500;

export function eventLine(plural: Plural, { type, object }: WatchEvent<KubeObject>, form: WatchForm): Buffer {
  const known = lines.get(object) ?? new Map<string, CachedLine>();
  lines.set(object, known);
  const key = form.as === 'Table' ? `${type} ${form.as} ${form.includeObject}` : `${type} ${form.as}`;
  const now = Date.now();
  const cached = known.get(key);
  if (cached !== undefined && (form.as !== 'Table' || now - cached.madeAt < TABLE_FRESH_MILLISECONDS))
    return cached.line;
  const line = lineOf(type, formText(plural, object, form));
  known.set(key, { line, madeAt: now });
  return line;
}

function formText(plural: Plural, object: KubeObject, form: WatchForm): string {
  if (form.as === 'Object') return objectJson(object);
  if (form.as === 'Metadata') return metadataJson(object);
  const { resourceVersion } = object.metadata;
  return tableJson(plural, [object], { resourceVersion }, form.includeObject);
}

/** `object` as JSON. */
export function lineOf(type: string, object: string): Buffer {
  return Buffer.from(`{"type":"${type}","object":${object}}\n`);
}
