/**
 * The types of the API: fields, and how lists and maps merge. Read from kubernetes.schema, whose format is
 *
 *     Container                                               a type; `atomic` after it: it is owned as a whole
 *       name string!                                          a required field
 *       env EnvVar[] map(name) merge(name)                    a list, its keys for server-side apply (map, set or, without
 *                                                             a word, atomic), its key for strategic merge patches
 *       limits Quantity{}                                     a map from strings
 */
import { readFileSync } from 'node:fs';

export interface FieldType {
  /** The type's name; of a list or map, that of its elements. */
  name: string;
  shape: 'single' | 'list' | 'map';
  /** The fields of the type, or of the elements; undefined for scalars and free forms. */
  struct: StructType | undefined;
  required: boolean;
  /** Server-side apply: whether one manager owns the value as a whole. */
  atomic: boolean;
  /** Server-side apply: a list of distinct values, each with its own owners. */
  set: boolean;
  /** Server-side apply: the fields that tell the elements of a list apart. */
  keys: readonly string[];
  /** Strategic merge patch: the field that tells the elements apart; '' for a list of distinct values. */
  mergeKey: string | undefined;
  /** Strategic merge patch: `$retainKeys` may say which members stay. */
  retainKeys: boolean;
}

export interface StructType {
  name: string;
  atomic: boolean;
  fields: ReadonlyMap<string, FieldType>;
}

interface MutableStruct extends StructType {
  fields: Map<string, FieldType>;
}

function parse(text: string): Map<string, StructType> {
  const structs = new Map<string, MutableStruct>();
  const fields: { field: FieldType }[] = [];
  let current: MutableStruct | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [name, ...words] = line.trim().split(' ') as [string, ...string[]];
    if (!line.startsWith(' ')) {
      current = { name, atomic: words.includes('atomic'), fields: new Map() };
      structs.set(name, current);
      continue;
    }
    const field = parseField(words);
    fields.push({ field });
    current!.fields.set(name, field);
  }
  for (const { field } of fields) link(field, structs.get(field.name));
  return structs;
}

function parseField([type, ...hints]: string[]): FieldType {
  const [, name, suffix, required] = /^(\w+?)(\[\]|\{\}(?:\[\])?)?(!)?$/.exec(type!)!;
  const hint = (word: string): string | undefined =>
    hints.find((text) => text.startsWith(`${word}(`))?.slice(word.length + 1, -1);
  const keys = hint('map')?.split(',') ?? [];
  const set = hints.includes('set');
  const shape = suffix === undefined ? 'single' : suffix === '[]' ? 'list' : 'map';
  return {
    name: name!,
    shape,
    struct: undefined,
    required: required !== undefined,
    atomic: hints.includes('atomic') || (shape === 'list' && keys.length === 0 && !set),
    set,
    keys,
    mergeKey: hint('merge'),
    retainKeys: hints.includes('retainKeys'),
  };
}

function link(field: FieldType, struct: StructType | undefined): void {
  field.struct = struct;
  if (field.shape === 'single' && struct?.atomic) field.atomic = true;
}

const STRUCTS = parse(readFileSync(new URL('./kubernetes.schema', import.meta.url), 'utf8'));

/** The type of a kind (`Deployment`) or of a part of one (`PodSpec`). Throws when there is none. */
export function structOf(name: string): StructType {
  const struct = STRUCTS.get(name);
  if (struct === undefined) throw new Error(`no type ${name} in the schema`);
  return struct;
}
