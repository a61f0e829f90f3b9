/** The encoding of Protocol Buffers: fields, each a number and a value. https://protobuf.dev/programming-guides/encoding */

/** A field as it stands in a message: a number (varint) or bytes. */
export interface RawField {
  number: number;
  value: bigint | Buffer;
}

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** The fields of a message in their order. Throws RangeError when it is cut short or not one. */
export function* readFields(message: Buffer): Generator<RawField> {
  const reader = new Reader(message);
  while (!reader.atEnd) {
    const key = Number(reader.varint());
    yield { number: key >>> 3, value: readValue(reader, key & 7) };
  }
}

function readValue(reader: Reader, wireType: number): bigint | Buffer {
  switch (wireType) {
    case VARINT:
      return reader.varint();
    case BYTES:
      return reader.bytes(Number(reader.varint()));
    case FIXED_64:
      return reader.bytes(8);
    case FIXED_32:
      return reader.bytes(4);
    default:
      throw new RangeError(`unknown wire type ${wireType}`);
  }
}

class Reader {
  private readonly buffer: Buffer;
  private offset = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  get atEnd(): boolean {
    return this.offset >= this.buffer.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.buffer[this.offset++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  bytes(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.buffer.length) throw new RangeError('the message ends within a field');
    const bytes = this.buffer.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }
}
