/** From the bytes of one JSON text to a valid log, or to everything that is wrong with it. */
import { isUtf8 } from 'node:buffer';
import type { Static } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { FieldError } from '../shared/problem.ts';
import { fieldErrors } from '../shared/validation.ts';
import { LEVELS, normaliseLevel } from './level.ts';
import { LogSchema, type Log } from './log.ts';
import { findUnstorable, unstorableText } from './storable.ts';
import { parseTimestamp } from './timestamp.ts';

export type ParsedLog = { log: Log; errors?: never } | { log?: never; errors: FieldError[] };

const schemaCheck = TypeCompiler.Compile(LogSchema);

export function parseLog(json: Buffer): ParsedLog {
  if (!isUtf8(json)) return bodyError('not valid UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(json.toString());
  } catch (error) {
    return bodyError(`not valid JSON: ${(error as SyntaxError).message}`);
  }
  return schemaCheck.Check(value)
    ? toLog(value, json.length)
    : { errors: [...fieldErrors(schemaCheck.Errors(value), 'body'), ...semanticErrors(value)] };
}

function toLog(input: Static<typeof LogSchema>, bytes: number): ParsedLog {
  const level = normaliseLevel(input.level);
  const timestampMicros = parseTimestamp(input.timestamp);
  const unstorable =
    unstorableText(input.service, 'service') ??
    unstorableText(input.message, 'message') ??
    findUnstorable(input.attributes, 'attributes');
  if (level === undefined || timestampMicros === undefined || unstorable) return { errors: semanticErrors(input) };
  return {
    log: {
      id: input.id.toLowerCase(),
      timestampMicros,
      level,
      service: input.service,
      message: input.message,
      attributes: input.attributes === undefined ? null : JSON.stringify(input.attributes),
      bytes,
    },
  };
}

/** What the schema does not tell, field by field; fields of the wrong type are left to the schema's errors. */
function semanticErrors(value: unknown): FieldError[] {
  const { level, timestamp, service, message, attributes } = (value ?? {}) as Record<string, unknown>;
  const errors: (FieldError | undefined)[] = [
    typeof timestamp === 'string' && parseTimestamp(timestamp) === undefined
      ? { field: 'timestamp', message: 'expected a date and time of RFC 3339, such as 2026-01-31T08:15:00.125Z' }
      : undefined,
    typeof level === 'string' && normaliseLevel(level) === undefined
      ? { field: 'level', message: `expected one of ${LEVELS.join(', ')}` }
      : undefined,
    typeof service === 'string' ? unstorableText(service, 'service') : undefined,
    typeof message === 'string' ? unstorableText(message, 'message') : undefined,
    findUnstorable(attributes, 'attributes'),
  ];
  return errors.filter((error) => error !== undefined);
}

function bodyError(message: string): ParsedLog {
  return { errors: [{ field: 'body', message }] };
}
