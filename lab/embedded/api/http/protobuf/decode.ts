/**
 * Request bodies in Kubernetes' protobuf form, which kubectl and client-go prefer for the kinds they know. Answers are
 * always JSON, which they take as well.
 */
import { badRequest } from '../../status-errors.ts';
import { isRecord } from '../../values.ts';
import { messageOf } from './messages.ts';
import type { Message, WireField } from './messages.ts';
import { SIMPLE_VALUES, ZERO_VALUES } from './values.ts';
import { readFields } from './wire.ts';
import type { RawField } from './wire.ts';

type Decoded = Record<string, unknown>;

/** Every body begins with it (k8s.io/apimachinery/pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

/** The messages around an object: runtime.Unknown, and the TypeMeta in it. */
const TYPE_META = 1;
const RAW = 2;
const API_VERSION = 1;
const KIND = 2;

/** The object as it would be in JSON. Throws 400 BadRequest when the body is not one. */
export function decodeProtobuf(body: Buffer): Decoded {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest('provided data does not appear to be a protobuf message');
  try {
    return decodeEnvelope(body.subarray(MAGIC.length));
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) throw badRequest(`proto: ${error.message}`);
    throw error;
  }
}

function decodeEnvelope(envelope: Buffer): Decoded {
  const parts = bytesByNumber(envelope);
  const type = bytesByNumber(parts.get(TYPE_META) ?? Buffer.alloc(0));
  const apiVersion = type.get(API_VERSION)?.toString() ?? '';
  const kind = type.get(KIND)?.toString() ?? '';
  const message = messageOf(kind);
  if (message === undefined)
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return { apiVersion, kind, ...decodeMessage(parts.get(RAW) ?? Buffer.alloc(0), message) };
}

function bytesByNumber(message: Buffer): Map<number, Buffer> {
  const fields = [...readFields(message)];
  return new Map(fields.flatMap(({ number, value }) => (typeof value === 'bigint' ? [] : [[number, value]])));
}

function decodeMessage(bytes: Buffer, message: Message): Decoded {
  const result: Decoded = {};
  for (const { number, value } of readFields(bytes)) {
    const field = message.get(number);
    // A newer client's field: a real server passes over it, too.
    if (field !== undefined) addField(result, field, value);
  }
  return result;
}

function addField(result: Decoded, field: WireField, raw: RawField['value']): void {
  const { jsonName, type, shape, optional, inline } = field;
  if (shape === 'list') return void ((result[jsonName] ??= []) as unknown[]).push(decodeElement(type, raw));
  if (shape === 'map') return addEntry((result[jsonName] ??= {}) as Decoded, type, raw);
  const value = decodeValue(type, raw);
  if (inline && isRecord(value)) Object.assign(result, value);
  // Go's structs have no absent numbers and strings: what it sends as zero was not set.
  else if (value !== undefined) result[jsonName] = value;
  else if (optional) result[jsonName] = ZERO_VALUES[type];
}

/** Maps are sent as lists of entries: 1 is the key, 2 the value. */
function addEntry(map: Decoded, type: string, raw: RawField['value']): void {
  const entry = new Map([...readFields(bytesOf(raw))].map(({ number, value }) => [number, value]));
  const key = entry.get(1);
  const value = entry.get(2);
  map[key === undefined ? '' : bytesOf(key).toString()] =
    value === undefined ? ZERO_VALUES[type] : decodeElement(type, value);
}

/** In lists and maps a zero value is a value. */
function decodeElement(type: string, raw: RawField['value']): unknown {
  return decodeValue(type, raw) ?? ZERO_VALUES[type];
}

function decodeValue(type: string, raw: RawField['value']): unknown {
  const simple = SIMPLE_VALUES[type];
  if (simple !== undefined) return simple(raw);
  const message = messageOf(type);
  if (message === undefined) throw new RangeError(`no message ${type} is known`);
  return decodeMessage(bytesOf(raw), message);
}

function bytesOf(raw: RawField['value']): Buffer {
  if (typeof raw === 'bigint') throw new RangeError('a number stands where a message is expected');
  return raw;
}
