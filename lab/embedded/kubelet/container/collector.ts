import { Writable } from 'node:stream';

/** What the kubelet keeps of a probe's output. */
const MOST_BYTES = 10 * 1024;

/** Keeps the beginning of what is written to it. */
export class Collector extends Writable {
  #kept = Buffer.alloc(0);

  get text(): string {
    return this.#kept.toString();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(0, MOST_BYTES);
    done();
  }
}
