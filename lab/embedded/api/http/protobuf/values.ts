/** Single values: scalars, and messages that are something simpler in JSON. */
import { readFields } from './wire.ts';
import type { RawField } from './wire.ts';

type Raw = RawField['value'];

/** How a value of each type is decoded; undefined stands for its zero value. */
export const SIMPLE_VALUES: Readonly<Record<string, (raw: Raw) => unknown>> = {
  string: (raw) => text(raw) || undefined,
  bool: (raw) => raw !== 0n || undefined,
  int32: (raw) => integer(raw) || undefined,
  int64: (raw) => integer(raw) || undefined,
  bytes: (raw) => bytes(raw).toString('base64') || undefined,
  Quantity: (raw) => text(fieldsOf(raw).get(1)) || undefined,
  Time: (raw) => time(raw, 0),
  MicroTime: (raw) => time(raw, 6),
  IntOrString: intOrString,
  RawExtension: (raw) => json(fieldsOf(raw).get(1)),
  FieldsV1: (raw) => json(fieldsOf(raw).get(1)),
  JSON: (raw) => json(fieldsOf(raw).get(1)),
  ExtraValue: (raw) => [...readFields(bytes(raw))].map(({ value }) => text(value)),
};

/** What the zero value of each type is in JSON, where it has to be told from absence. Messages have none. */
export const ZERO_VALUES: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  bytes: '',
  Quantity: '0',
  IntOrString: 0,
};

function fieldsOf(raw: Raw): Map<number, Raw> {
  return new Map([...readFields(bytes(raw))].map(({ number, value }) => [number, value]));
}

function bytes(raw: Raw | undefined): Buffer {
  if (raw === undefined) return Buffer.alloc(0);
  if (typeof raw === 'bigint') throw new RangeError('a number stands where bytes are expected');
  return raw;
}

function text(raw: Raw | undefined): string {
  return bytes(raw).toString('utf8');
}

function integer(raw: Raw | undefined): number {
  if (raw === undefined) return 0;
  if (typeof raw !== 'bigint') throw new RangeError('bytes stand where a number is expected');
  return Number(BigInt.asIntN(64, raw));
}

function json(raw: Raw | undefined): unknown {
  const written = text(raw);
  return written === '' ? undefined : JSON.parse(written);
}

/** `digits` of the second are kept. The zero value, which is no time, has no fields at all. */
function time(raw: Raw, digits: 0 | 6): string | undefined {
  const fields = fieldsOf(raw);
  if (fields.size === 0) return undefined;
  const seconds = new Date(integer(fields.get(1)) * 1000).toISOString().slice(0, 19);
  const micros = String(Math.trunc(integer(fields.get(2)) / 1000)).padStart(6, '0');
  return `${seconds}${digits === 0 ? '' : `.${micros}`}Z`;
}

const IS_STRING = 1;

function intOrString(raw: Raw): unknown {
  const fields = fieldsOf(raw);
  return (integer(fields.get(1)) === IS_STRING ? text(fields.get(3)) : integer(fields.get(2))) || undefined;
}
