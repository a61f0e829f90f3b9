/** One stream of a SPDY session. */
import { Duplex } from 'node:stream';
import type { Headers } from './header-block.ts';

/** What a stream asks of its session. */
export interface StreamSender {
  sendData(streamId: number, chunk: Buffer, fin: boolean, done: () => void): void;
  sendReset(streamId: number): void;
}

export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  private readonly sender: StreamSender;
  private remoteEnded = false;
  private wanted: (() => void) | undefined;

  constructor(id: number, headers: Headers, sender: StreamSender) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.sender = sender;
    // A connection that breaks ends its streams; whoever uses one sees that.
    this.on('error', () => {});
  }

  /** Gives the stream data from the other side. Resolves when it takes more. */
  async receive(chunk: Buffer): Promise<void> {
    if (this.destroyed || this.remoteEnded || chunk.length === 0 || this.push(chunk)) return;
    await new Promise<void>((resolve) => (this.wanted = resolve));
  }

  /** The other side sends no more. */
  receiveEnd(): void {
    if (this.remoteEnded || this.destroyed) return;
    this.remoteEnded = true;
    this.push(null);
  }

  override _read(): void {
    this.release();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.sender.sendData(this.id, chunk, false, done);
  }

  override _final(done: () => void): void {
    this.sender.sendData(this.id, Buffer.alloc(0), true, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.remoteEnded || !this.writableFinished) this.sender.sendReset(this.id);
    this.release();
    done(error);
  }

  private release(): void {
    this.wanted?.();
    this.wanted = undefined;
  }
}
