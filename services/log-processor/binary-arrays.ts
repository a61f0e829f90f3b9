/**
 * PostgreSQL's binary format of one-dimensional arrays, which the server reads several times faster than the text format.
 * Source: array_send, uuid_send, timestamptz_send and jsonb_send in PostgreSQL's src/backend/utils/adt.
 */

const OID = { text: 25, timestamptz: 1184, uuid: 2950, jsonb: 3802 } as const;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** Longest UTF-8 form of one UTF-16 code unit. */
const BYTES_PER_UNIT = 3;

const JSONB_VERSION = 1;

const UUID_BYTES = 16;
const [ZERO, NINE, LOWER_A] = [0x30, 0x39, 0x61];

/** 2000-01-01T00:00:00Z, from which PostgreSQL counts. */
const POSTGRES_EPOCH_MICROS = BigInt(Date.UTC(2000, 0, 1)) * 1000n;

export function textArray(values: readonly string[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += LENGTH_BYTES + value.length * BYTES_PER_UNIT;
  const buffer = Buffer.allocUnsafe(size);
  let offset = writeHeader(buffer, OID.text, values.length);
  for (const value of values) {
    const length = buffer.write(value, offset + LENGTH_BYTES);
    buffer.writeInt32BE(length, offset);
    offset += LENGTH_BYTES + length;
  }
  return buffer.subarray(0, offset);
}

/** @param values JSON texts */
export function jsonbArray(values: readonly (string | null)[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += LENGTH_BYTES + 1 + (value?.length ?? 0) * BYTES_PER_UNIT;
  const buffer = Buffer.allocUnsafe(size);
  let offset = writeHeader(buffer, OID.jsonb, values.length);
  for (const value of values) {
    if (value === null) {
      offset = buffer.writeInt32BE(NULL_LENGTH, offset);
      continue;
    }
    buffer[offset + LENGTH_BYTES] = JSONB_VERSION;
    const length = 1 + buffer.write(value, offset + LENGTH_BYTES + 1);
    buffer.writeInt32BE(length, offset);
    offset += LENGTH_BYTES + length;
  }
  return buffer.subarray(0, offset);
}

/** @param values in their usual form, in lower case: five groups of hexadecimal digits */
export function uuidArray(values: readonly string[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + UUID_BYTES));
  let offset = writeHeader(buffer, OID.uuid, values.length);
  for (const value of values) {
    offset = buffer.writeInt32BE(UUID_BYTES, offset);
    for (let index = 0; index < value.length; index += 2) {
      if (value[index] === '-') index++;
      buffer[offset++] = (hexDigit(value, index) << 4) | hexDigit(value, index + 1);
    }
  }
  return buffer;
}

function hexDigit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code <= NINE ? code - ZERO : code - LOWER_A + 10;
}

/** @param values microseconds since 1970 */
export function timestampArray(values: readonly bigint[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + 8));
  let offset = writeHeader(buffer, OID.timestamptz, values.length);
  for (const value of values) {
    offset = buffer.writeInt32BE(8, offset);
    offset = buffer.writeBigInt64BE(value - POSTGRES_EPOCH_MICROS, offset);
  }
  return buffer.subarray(0, offset);
}

/** Number of dimensions, flag for nulls, type of the elements; length and lower bound of the only dimension, if there is one. */
function writeHeader(buffer: Buffer, elementOid: number, length: number): number {
  let offset = buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  offset = buffer.writeInt32BE(1, offset);
  offset = buffer.writeInt32BE(elementOid, offset);
  if (length === 0) return offset;
  offset = buffer.writeInt32BE(length, offset);
  return buffer.writeInt32BE(1, offset);
}
