/** Streams over the messages of a WebSocket, the first byte of which says to which stream they belong. */
import { PassThrough, Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** What is written becomes messages of `channel`; it is slowed down to what the network takes. */
export function channelWriter(socket: WebSocket, channel: number): Writable {
  const prefix = Buffer.of(channel);
  const writer = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      // A client that is gone is reported by the socket's end, not by each write.
      if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([prefix, chunk]), () => done());
      else done();
    },
  });
  return untilClosed(socket, writer, () => writer.destroy());
}

/** A stream for messages that come in; it ends when the socket does. Fill it with `receive`. */
export function channelReader(socket: WebSocket): PassThrough {
  const reader = new PassThrough();
  return untilClosed(socket, reader, () => reader.end());
}

/** Hands a message to its reader. The whole connection waits for a slow reader: it has no other way to slow the client. */
export function receive(socket: WebSocket, reader: PassThrough, data: Buffer): void {
  if (reader.writableEnded || reader.destroyed || data.length === 0) return;
  if (reader.write(data)) return;
  socket.pause();
  const resume = (): void => {
    reader.off('drain', resume).off('close', resume);
    socket.resume();
  };
  reader.on('drain', resume).on('close', resume);
}

export function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

function untilClosed<S extends Writable>(socket: WebSocket, stream: S, end: () => void): S {
  socket.once('close', end);
  // Whoever uses the stream sees its end; an error that nobody listens for would end the process.
  stream.on('error', () => {});
  return stream;
}
