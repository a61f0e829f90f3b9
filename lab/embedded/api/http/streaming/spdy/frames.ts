/** Frames of SPDY/3.1: an 8-byte head, then the payload (SPDY Protocol, draft 3.1, section 2.2). */
import type { Readable } from 'node:stream';

export const CONTROL = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const FLAG_FIN = 1;
const CONTROL_BIT = 0x80000000;
const VERSION = 3;
const HEAD_BYTES = 8;

export type Frame =
  | { kind: 'data'; streamId: number; fin: boolean; payload: Buffer }
  | { kind: 'control'; type: number; flags: number; payload: Buffer };

/** The frames that arrive on `transport`, until it ends. */
export async function* readFrames(transport: Readable): AsyncGenerator<Frame> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of transport as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let end = frameEnd(pending); end !== undefined; end = frameEnd(pending)) {
      yield parseFrame(pending.subarray(0, end));
      pending = pending.subarray(end);
    }
  }
}

/** Where the first frame ends; undefined when it is not complete yet. */
function frameEnd(bytes: Buffer): number | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const end = HEAD_BYTES + bytes.readUIntBE(5, 3);
  return bytes.length < end ? undefined : end;
}

function parseFrame(bytes: Buffer): Frame {
  const first = bytes.readUInt32BE(0);
  const flags = bytes.readUInt8(4);
  const payload = bytes.subarray(HEAD_BYTES);
  if (first < CONTROL_BIT) return { kind: 'data', streamId: first, fin: (flags & FLAG_FIN) !== 0, payload };
  return { kind: 'control', type: first & 0xffff, flags, payload };
}

export function controlFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** `payload` must be shorter than 16 MiB. */
export function dataFrame(streamId: number, payload: Buffer, fin: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt8(fin ? FLAG_FIN : 0, 4);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** A 32-bit number; its first bit is not part of stream ids. */
export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
