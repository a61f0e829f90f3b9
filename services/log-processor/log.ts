/** A log: as clients send it, and as it is stored. */
import { Type } from '@sinclair/typebox';
import type { Level } from './level.ts';
import type { Template } from './template-catalogue.ts';

/** As JSON text, with all of it. */
export const LARGEST_LOG_BYTES = 64 * 1024;

/** Part of the roll-ups' keys, and PostgreSQL limits the size of a key. */
const LONGEST_SERVICE_NAME = 255;

/** Levels and timestamps have more forms than a schema tells: parse-log.ts checks them. */
export const LogSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
      errorMessage: 'expected a UUID',
    }),
    timestamp: Type.String(),
    level: Type.String(),
    service: Type.String({ minLength: 1, maxLength: LONGEST_SERVICE_NAME }),
    message: Type.String(),
    attributes: Type.Optional(Type.Unsafe<Record<string, unknown>>(Type.Object({}))),
  },
  { additionalProperties: false },
);

/** A valid log in the form in which it is stored. */
export interface Log {
  /** In lower case. */
  id: string;
  timestampMicros: bigint;
  level: Level;
  service: string;
  message: string;
  /** As JSON text. */
  attributes: string | null;
  /** Of the JSON text that it came as. */
  bytes: number;
}

/** A log with what the processing adds. */
export interface ProcessedLog extends Log {
  template: Template;
  receivedAtMs: number;
}
