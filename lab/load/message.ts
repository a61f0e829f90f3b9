/** The bytes of a request, written once for all drivers, and cheaply: what the client burns the servers cannot have. */
import { sharedNumber } from './in-cluster/divide.ts';
import type { LoadSpec } from './load.ts';
import { LOG_VARIANTS, logBody } from './log-body.ts';
import { logId, replaceSeq } from './log-id.ts';

/**
 * Makes the complete HTTP/1.1 request of an operation, by its number in the recorder. The buffer belongs to the caller.
 * @param into memory that the caller has no more use for; taken when it is large enough
 */
export type MessageWriter = (seq: number, intendedAt: number, into?: Buffer) => Buffer;

export function messageWriter(spec: LoadSpec): MessageWriter {
  const head = [
    `${spec.method} ${spec.path} HTTP/1.1`,
    `Host: ${spec.hostHeader}`,
    `Connection: ${spec.keepAlive ? 'keep-alive' : 'close'}\r\n`,
  ].join('\r\n');
  return spec.body === 'log' ? logWriter(spec, head) : bodilessWriter(spec, head);
}

function bodilessWriter({ method }: LoadSpec, head: string): MessageWriter {
  const message = Buffer.from(method === 'POST' ? `${head}Content-Length: 0\r\n\r\n` : `${head}\r\n`, 'latin1');
  return () => message;
}

/**
 * A request with a log differs from others of its variant in the log's id and timestamp alone, whose lengths are fixed.
 * So each variant is laid out once, and then copied and filled in: 0.4 µs a request instead of 2.1, and less garbage.
 */
function logWriter(spec: LoadSpec, head: string): MessageWriter {
  const layouts: Layout[] = [];
  const timestampOf = timestampWriter();
  return (own, intendedAt, into) => {
    const seq = sharedNumber(spec, own);
    const layout = (layouts[seq % LOG_VARIANTS] ??= layOut(spec, head, seq));
    const size = layout.bytes.length;
    const message = into && into.length >= size ? into.subarray(0, size) : Buffer.allocUnsafe(size);
    layout.bytes.copy(message);
    replaceSeq(message, layout.idAt, seq);
    // The log is as old as its request was due, so that its text can be made again from the operation's record.
    message.write(timestampOf(spec.runOriginMs + intendedAt), layout.timestampAt, 'latin1');
    return message;
  };
}

interface Layout {
  bytes: Buffer;
  idAt: number;
  timestampAt: number;
}

function layOut(spec: LoadSpec, head: string, seq: number): Layout {
  const id = logId(spec.runHash, spec.index, seq);
  const timestamp = new Date(0).toISOString();
  const body = logBody(id, 0, spec.seed, seq);
  const headOfLog = `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return {
    bytes: Buffer.from(headOfLog + body, 'latin1'),
    idAt: headOfLog.length + body.indexOf(id),
    timestampAt: headOfLog.length + body.indexOf(timestamp),
  };
}

/** RFC 3339 in milliseconds; many requests share one. */
function timestampWriter(): (epochMs: number) => string {
  let lastMs = 0;
  let text = new Date(0).toISOString();
  return (epochMs) => {
    const wholeMs = Math.trunc(epochMs);
    if (wholeMs !== lastMs) text = new Date(wholeMs).toISOString();
    lastMs = wholeMs;
    return text;
  };
}
