/**
 * A recording as bytes: `LLR1`; the length of everything and that of the header (32 bits each); the header as JSON; the
 * columns one after the other; SHA-256 of all that. Numbers are little-endian, as on every processor that Node.js 22 is
 * shipped for here: 47 bytes an operation.
 */
import { createHash } from 'node:crypto';
import { OPERATION_LAYOUT } from '../operations.ts';
import type { Recording } from '../recording.ts';
import { allocateColumns } from '../table.ts';

const MAGIC = Buffer.from('LLR1');
const HEADER_AT = MAGIC.length + 8;
const DIGEST_BYTES = 32;

type Header = Omit<Recording, 'columns'> & { rows: number };

/** Bytes that are no whole recording. */
class BrokenRecording extends Error {
  override readonly name = 'BrokenRecording';
}

export function encodeRecording({ columns, ...rest }: Recording): Buffer {
  const header = Buffer.from(JSON.stringify({ ...rest, rows: columns.seq.length } satisfies Header));
  const parts = Object.values(columns).map(({ buffer }) => Buffer.from(buffer));
  const lengths = Buffer.alloc(8);
  const body = parts.reduce((sum, part) => sum + part.length, 0);
  lengths.writeUInt32LE(HEADER_AT + header.length + body + DIGEST_BYTES, 0);
  lengths.writeUInt32LE(header.length, 4);
  const content = Buffer.concat([MAGIC, lengths, header, ...parts]);
  return Buffer.concat([content, digestOf(content)]);
}

/** Throws BrokenRecording. */
export function decodeRecording(bytes: Buffer): Recording {
  if (bytes.length < HEADER_AT + DIGEST_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new BrokenRecording(`${bytes.length} bytes that are no recording`);
  }
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length !== bytes.length) throw new BrokenRecording(`${bytes.length} of ${length} bytes arrived`);
  const content = bytes.subarray(0, length - DIGEST_BYTES);
  if (!digestOf(content).equals(bytes.subarray(content.length))) throw new BrokenRecording('the checksum is wrong');
  let at = HEADER_AT + bytes.readUInt32LE(MAGIC.length + 4);
  const { rows, ...rest } = JSON.parse(bytes.toString('utf8', HEADER_AT, at)) as Header;
  const columns = allocateColumns(OPERATION_LAYOUT, rows);
  for (const column of Object.values(columns)) {
    const target = new Uint8Array(column.buffer);
    target.set(content.subarray(at, at + target.length));
    at += target.length;
  }
  if (at !== content.length) throw new BrokenRecording(`${rows} rows do not fill ${content.length} bytes`);
  return { ...rest, columns };
}

function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
