/** The scalar types of the API: what they accept and how they are written. */
import { canonicalQuantity } from './quantity.ts';

export interface Scalar {
  decoded?: unknown;
  /** Set when the value has the wrong type: the name of the right one in the API server's words. */
  wanted?: string;
  /** Set when the value has the right type but not the right form. */
  problem?: string;
}

const GO_NAMES: Record<string, string> = {
  boolean: 'bool',
  integer: 'int64',
  number: 'float64',
  byte: 'uint8',
  double: 'float64',
};
const GO_SCALARS = new Set(['string', 'int32', 'int64']);

/** What a type is called in the API server's messages. */
export function goTypeOf(name: string): string {
  return GO_NAMES[name] ?? (GO_SCALARS.has(name) ? name : name === 'Quantity' ? 'resource.Quantity' : `v1.${name}`);
}

/** What a JSON value is called there. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isSafeInteger(value) ? 'number' : `number ${value}`;
    case 'string':
      return 'string';
    default:
      return 'object';
  }
}

export function decodeScalar(value: unknown, name: string): Scalar {
  switch (name) {
    case 'string':
      return typeof value === 'string' ? { decoded: value } : { wanted: 'string' };
    case 'boolean':
      return typeof value === 'boolean' ? { decoded: value } : { wanted: 'bool' };
    case 'int32':
    case 'int64':
    case 'integer':
      return decodeInteger(value, name === 'int32' ? 'int32' : 'int64');
    case 'number':
    case 'double':
      return typeof value === 'number' ? { decoded: value } : { wanted: 'float64' };
    case 'IntOrString':
      return typeof value === 'string' ? { decoded: value } : decodeInteger(value, 'int32');
    case 'Quantity':
      return decodeQuantity(value);
    case 'Time':
    case 'MicroTime':
      return decodeTime(value);
    case 'byte':
      return decodeBase64(value);
    default:
      throw new Error(`no scalar type ${name}`);
  }
}

function decodeInteger(value: unknown, wanted: 'int32' | 'int64'): Scalar {
  if (typeof value !== 'number') return { wanted };
  const fits = wanted === 'int32' ? (value | 0) === value : Number.isSafeInteger(value);
  return fits ? { decoded: value } : { wanted };
}

function decodeQuantity(value: unknown): Scalar {
  const canonical = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : undefined;
  return canonical === undefined
    ? { problem: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" }
    : { decoded: canonical };
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function decodeTime(value: unknown): Scalar {
  if (typeof value !== 'string') return { wanted: 'string' };
  if (RFC_3339.test(value)) return { decoded: value };
  const quoted = JSON.stringify(value);
  return { problem: `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"` };
}

function decodeBase64(value: unknown): Scalar {
  if (typeof value !== 'string') return { wanted: '[]uint8' };
  const stripped = value.replaceAll(/[\r\n]/g, '');
  const valid = /^[A-Za-z0-9+/]*={0,2}/.exec(stripped)![0];
  const wellFormed = valid.length === stripped.length && stripped.length % 4 === 0;
  const position = valid.length < stripped.length ? valid.length : Math.floor(stripped.length / 4) * 4;
  return wellFormed ? { decoded: stripped } : { problem: `illegal base64 data at input byte ${position}` };
}
