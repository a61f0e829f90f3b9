/**
 * YAML files with a schema: decoded strictly, and every problem reported at once with its line and column.
 * One schema gives the type, the check and the published JSON Schema.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isMap, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { UsageError } from './exit-codes.ts';
import { didYouMean } from './nearest.ts';

export interface Problem {
  line: number;
  column: number;
  message: string;
}

export interface ParsedYaml<T> {
  value: T | undefined;
  problems: Problem[];
  /** The value even if it does not fit, with the top-level keys that do: they can be checked further all the same. */
  raw: unknown;
  soundKeys: ReadonlySet<string>;
  /** Line and column of a value by its path, for checks that a schema cannot express. */
  locate: (path: readonly (string | number)[]) => { line: number; column: number };
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
const validators = new WeakMap<TSchema, ValidateFunction>();

/** Parses and validates; `value` is undefined when the file does not fit the schema. */
export function parseYaml<S extends TSchema>(schema: S, text: string): ParsedYaml<Static<S>> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true });
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const locate = (path: readonly (string | number)[]): { line: number; column: number } =>
    position(offsetOf(document, path));
  const problems: Problem[] = document.errors.map((error) => ({
    ...position(error.pos[0]),
    message: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (problems.length > 0) return { value: undefined, problems, raw: undefined, soundKeys: new Set(), locate };
  const raw: unknown = document.toJS();
  const validate = validatorOf(schema);
  if (validate(raw)) return { value: raw, problems, raw, soundKeys: keysOf(raw, []), locate };
  const errors = validate.errors ?? [];
  return {
    value: undefined,
    problems: describeErrors(errors, document, locate),
    raw,
    soundKeys: keysOf(raw, errors),
    locate,
  };
}

/** Like parseYaml, but throws UsageError that lists every problem. */
export function readYaml<S extends TSchema>(schema: S, text: string, file: string): Static<S> {
  const { value, problems } = parseYaml(schema, text);
  if (problems.length > 0) throw problemError(file, problems);
  return value!;
}

/** `FILE:LINE:COLUMN: message`, a line each, in the order of the file. */
export function problemError(file: string, problems: readonly Problem[]): UsageError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return new UsageError(sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
}

function keysOf(raw: unknown, errors: readonly ErrorObject[]): Set<string> {
  const keys = new Set(typeof raw === 'object' && raw !== null ? Object.keys(raw) : []);
  for (const error of errors) keys.delete(error.instancePath.split('/')[1] ?? '');
  return keys;
}

function validatorOf(schema: TSchema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    validators.set(schema, validate);
  }
  return validate;
}

function describeErrors(
  errors: readonly ErrorObject[],
  document: Document,
  locate: ParsedYaml<unknown>['locate'],
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors.filter((candidate) => !isNoise(candidate, errors))) {
    const path = pathOf(error.instancePath, document);
    const at =
      error.keyword === 'additionalProperties' ? [...path, error.params['additionalProperty'] as string] : path;
    const problem = { ...locate(at), message: `${nameOf(path)}${messageOf(error)}` };
    problems.set(JSON.stringify(problem), problem);
  }
  return [...problems.values()];
}

/** Of a failed union of constants each member reports on its own; the union's own error says it better. */
function isNoise(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const insideUnion = /\/(anyOf|oneOf)\/\d+\//.test(error.schemaPath);
  return (
    insideUnion &&
    errors.some((other) => isUnion(other) && error.instancePath === other.instancePath && other !== error)
  );
}

function isUnion(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

function messageOf(error: ErrorObject): string {
  const { params, data } = error;
  const actual = `, not ${JSON.stringify(data)}`;
  switch (error.keyword) {
    case 'additionalProperties': {
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
      const unknown = String(params['additionalProperty']);
      const hint = didYouMean(unknown, known);
      return `unknown key "${unknown}"${hint || `; known are ${known.join(', ')}`}`;
    }
    case 'required':
      return `"${params['missingProperty']}" is missing`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}${actual}`;
    case 'anyOf':
    case 'oneOf':
      return unionMessage(error, actual);
    case 'pattern': {
      const form = (error.parentSchema?.['description'] as string | undefined) ?? `of the form ${params['pattern']}`;
      return `must be ${form}${actual}`;
    }
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return 'must not be empty';
    default:
      return `${error.message ?? error.keyword}${typeof data === 'object' ? '' : actual}`;
  }
}

function unionMessage(error: ErrorObject, actual: string): string {
  const members = (error.schema as { const?: string | number; description?: string; type?: string }[]) ?? [];
  const names = members.map((member) => String(member.const ?? member.description ?? member.type));
  const hint = typeof error.data === 'string' ? didYouMean(error.data, names) : '';
  return `must be one of ${names.join(', ')}${typeof error.data === 'object' ? '' : actual}${hint}`;
}

function nameOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return '';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `${text.replace(/^\./, '')}: `;
}

/** A JSON pointer's parts, numbers where the document has a sequence. */
function pathOf(pointer: string, document: Document): (string | number)[] {
  const parts = pointer.split('/').slice(1);
  const path: (string | number)[] = [];
  for (const part of parts) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    path.push(isMap(parent) ? key : Number(key));
  }
  return path;
}

/** Offset of the key at the path if there is one (a mapping's entry), else of its value, else of the nearest ancestor. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(key));
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0;
}
