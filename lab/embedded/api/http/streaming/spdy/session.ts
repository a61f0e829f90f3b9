/**
 * The server's side of SPDY/3.1, as far as Kubernetes uses it: clients open streams, both sides send data and end them.
 * Windows are neither kept nor minded, since the clients do neither: a slow stream holds up its whole connection.
 */
import type { Duplex } from 'node:stream';
import { CONTROL, controlFrame, dataFrame, FLAG_FIN, readFrames, uint32 } from './frames.ts';
import type { Frame } from './frames.ts';
import { EmptyHeaderWriter, HeaderReader } from './header-block.ts';
import { SpdyStream } from './stream.ts';
import type { StreamSender } from './stream.ts';

const STREAM_ID_MASK = 0x7fffffff;
const STATUS_CANCEL = 5;
const GO_AWAY_OK = 0;
const MAX_DATA_BYTES = 64 * 1024;
/** In SYN_STREAM the headers follow two stream ids, the priority and the slot. */
const SYN_STREAM_HEAD_BYTES = 10;

export class SpdySession implements StreamSender {
  private readonly transport: Duplex;
  private readonly onStream: (stream: SpdyStream) => void;
  private readonly streams = new Map<number, SpdyStream>();
  private readonly headerReader = new HeaderReader();
  private readonly headerWriter = new EmptyHeaderWriter();
  private newestId = 0;

  /** `onStream` is called for each stream that the client opens. */
  constructor(transport: Duplex, onStream: (stream: SpdyStream) => void) {
    this.transport = transport;
    this.onStream = onStream;
    transport.on('error', () => {});
  }

  /** Serves the session. Resolves when the connection has ended, however it did; all streams have then, too. */
  async run(): Promise<void> {
    try {
      for await (const frame of readFrames(this.transport)) await this.receive(frame);
    } catch {
      // A broken connection, or a client that does not speak the protocol: either way there is nobody to tell.
    } finally {
      for (const stream of this.streams.values()) {
        stream.receiveEnd();
        stream.destroy();
      }
      this.headerReader.close();
      this.transport.destroy();
    }
  }

  /** Says goodbye and ends the connection. */
  close(): void {
    this.send(controlFrame(CONTROL.goAway, uint32(this.newestId, GO_AWAY_OK)));
    this.transport.end();
  }

  sendData(streamId: number, chunk: Buffer, fin: boolean, done: () => void): void {
    let rest = chunk;
    while (rest.length > MAX_DATA_BYTES) {
      this.send(dataFrame(streamId, rest.subarray(0, MAX_DATA_BYTES), false));
      rest = rest.subarray(MAX_DATA_BYTES);
    }
    this.send(dataFrame(streamId, rest, fin), done);
  }

  sendReset(streamId: number): void {
    this.send(controlFrame(CONTROL.rstStream, uint32(streamId, STATUS_CANCEL)));
  }

  /** What is written after the connection has ended is lost, as it would have been a moment earlier. */
  private send(frame: Buffer, done: () => void = () => {}): void {
    if (this.transport.destroyed || this.transport.writableEnded) done();
    else this.transport.write(frame, () => done());
  }

  private async receive(frame: Frame): Promise<void> {
    if (frame.kind === 'control') return this.receiveControl(frame);
    const stream = this.streams.get(frame.streamId);
    await stream?.receive(frame.payload);
    if (frame.fin) stream?.receiveEnd();
  }

  private async receiveControl({ type, flags, payload }: Frame & { kind: 'control' }): Promise<void> {
    if (type === CONTROL.synStream) return this.open(payload, (flags & FLAG_FIN) !== 0);
    if (type === CONTROL.ping) return this.send(controlFrame(CONTROL.ping, payload));
    if (type === CONTROL.rstStream) return this.reset(payload.readUInt32BE(0) & STREAM_ID_MASK);
    // Headers that come later mean nothing here, but the next ones cannot be decompressed without them.
    if (type === CONTROL.headers) await this.headerReader.read(payload.subarray(4));
  }

  private async open(payload: Buffer, ended: boolean): Promise<void> {
    const id = payload.readUInt32BE(0) & STREAM_ID_MASK;
    const headers = await this.headerReader.read(payload.subarray(SYN_STREAM_HEAD_BYTES));
    const stream = new SpdyStream(id, headers, this);
    this.newestId = id;
    this.streams.set(id, stream);
    stream.once('close', () => this.streams.delete(id));
    this.send(controlFrame(CONTROL.synReply, Buffer.concat([uint32(id), this.headerWriter.write()])));
    if (ended) stream.receiveEnd();
    this.onStream(stream);
  }

  private reset(id: number): void {
    const stream = this.streams.get(id);
    stream?.receiveEnd();
    stream?.destroy();
  }
}
