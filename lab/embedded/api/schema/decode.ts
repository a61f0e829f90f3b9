/**
 * Decodes what a caller sent into an object of its kind, as the API server does: fields the type does not have are
 * reported, values of a wrong type are refused, and what is empty counts as not set.
 */
import type { WriteOptions } from '../client.ts';
import { ApiError } from '../errors.ts';
import type { ResourceInfo } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { copy, isRecord } from '../values.ts';
import { decodeScalar, describe, goTypeOf } from './scalars.ts';
import type { FieldType, StructType } from './schema.ts';
import { structOf } from './schema.ts';
import { hasNoEffect } from './without-effect.ts';

export interface Decoded {
  object: KubeObject;
  /** Paths of fields that the kind does not have. */
  unknown: string[];
  /** Paths of fields that this cluster does nothing about. */
  withoutEffect: string[];
}

/** The problem of a value, without the words that say which kind was to be decoded. */
class DecodeError extends Error {}

/** 400 BadRequest. `problem` is the message without the words that say which kind was to be decoded. */
export class UndecodableError extends ApiError {
  readonly problem: string;

  constructor(info: ResourceInfo, problem: string) {
    super('BadRequest', `${prefix(info)}: ${problem}`);
    this.problem = problem;
  }
}

/** A copy of `input` without what the kind does not know. Throws 400 BadRequest for wrong types. */
export function decode(info: ResourceInfo, input: object): Decoded {
  const found: Found = { unknown: [], withoutEffect: [] };
  try {
    return { object: decodeStruct(input, structOf(info.kind), '', '', found) as KubeObject, ...found };
  } catch (error) {
    if (error instanceof DecodeError) throw new UndecodableError(info, error.message);
    throw error;
  }
}

/** What is done about unknown fields, as the request's fieldValidation says. Throws 400 BadRequest with Strict. */
export function reportUnknown(info: ResourceInfo, unknown: readonly string[], options: WriteOptions): void {
  const problems = unknown.map((path) => `unknown field "${path}"`);
  const { fieldValidation = 'Strict', warn } = options;
  if (problems.length > 0 && fieldValidation === 'Strict') {
    throw new UndecodableError(info, `strict decoding error: ${problems.join(', ')}`);
  }
  if (fieldValidation === 'Warn' && warn) problems.forEach(warn);
}

type Found = Omit<Decoded, 'object'>;

function prefix({ kind, version }: ResourceInfo): string {
  return `${kind} in version "${version}" cannot be handled as a ${kind}`;
}

/**
 * @param path where the value is, as in `spec.containers[0]`: the form of messages about unknown fields
 * @param goPath the same without indices: the form of messages about types
 */
function decodeStruct(
  value: object,
  struct: StructType,
  path: string,
  goPath: string,
  found: Found,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const field = struct.fields.get(name);
    if (field === undefined) {
      if (member !== undefined) found.unknown.push(memberPath);
    } else if (member !== undefined && member !== null) {
      if (hasNoEffect(struct.name, name)) found.withoutEffect.push(memberPath);
      const decoded = decodeField(member, field, struct, memberPath, goPath === '' ? name : `${goPath}.${name}`, found);
      if (field.required || !isEmpty(decoded, field)) result[name] = decoded;
    }
  }
  return result;
}

/** Lists and maps that are empty are not sent by the API server either; an empty struct says something. */
function isEmpty(value: unknown, field: FieldType): boolean {
  if (field.shape === 'list') return (value as unknown[]).length === 0;
  return field.shape === 'map' && Object.keys(value as object).length === 0;
}

function decodeField(
  value: unknown,
  field: FieldType,
  owner: StructType,
  path: string,
  goPath: string,
  found: Found,
): unknown {
  const mismatch = (given: unknown, wanted: string): DecodeError =>
    new DecodeError(
      `json: cannot unmarshal ${describe(given)} into Go struct field ${owner.name}.${goPath} of type ${wanted}`,
    );
  const element = (member: unknown, memberPath: string): unknown => {
    if (field.struct !== undefined) {
      if (!isRecord(member)) throw mismatch(member, goTypeOf(field.name));
      return decodeStruct(member, field.struct, memberPath, goPath, found);
    }
    if (field.name === 'object') return copy(member);
    const { decoded, wanted, problem } = decodeScalar(member, field.name);
    if (problem !== undefined) throw new DecodeError(problem);
    if (wanted !== undefined) throw mismatch(member, wanted);
    return decoded;
  };
  if (field.shape === 'list') {
    if (!Array.isArray(value)) throw mismatch(value, `[]${goTypeOf(field.name)}`);
    return value.map((member, index) => element(member ?? (field.struct ? {} : ''), `${path}[${index}]`));
  }
  if (field.shape === 'map') {
    if (!isRecord(value)) throw mismatch(value, `map[string]${goTypeOf(field.name)}`);
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, element(member ?? '', `${path}.${key}`)]),
    );
  }
  return element(value, path);
}
