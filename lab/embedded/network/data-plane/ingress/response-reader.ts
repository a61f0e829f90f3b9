/**
 * Reads HTTP/1.1 responses of an endpoint (RFC 9112), as strictly as a proxy must: whatever could be read in two ways is
 * refused, never repaired, since client and proxy would disagree on where the next response begins.
 */
import { parseHead, type ResponseHead } from './response-head.ts';
import { ProtocolError } from './protocol-error.ts';

/** Status line and headers, or trailers; the size of nginx's and Node's own limits together. */
const LONGEST_HEAD = 65_536;
const LONGEST_CHUNK_LINE = 1024;
const EMPTY = Buffer.alloc(0);

/** Where a response goes, piece by piece. */
export interface ResponseSink {
  head(head: ResponseHead): void;
  data(chunk: Buffer): void;
  /** `reusable`: the connection can carry another request. */
  end(reusable: boolean): void;
}

type State = 'idle' | 'head' | 'length' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailers' | 'until-close';

export class ResponseReader {
  #state: State = 'idle';
  #sink!: ResponseSink;
  #method = '';
  #upgrade = false;
  #head!: ResponseHead;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  /** Start of a line or head whose end has not come yet. */
  #partial: Buffer = EMPTY;

  /** Expects the response to a request with this method. `upgrade`: 101 is a possible answer, and a tunnel follows it. */
  begin(sink: ResponseSink, method: string, upgrade = false): void {
    this.#sink = sink;
    this.#method = method;
    this.#upgrade = upgrade;
    this.#state = 'head';
  }

  /** Throws ProtocolError; the connection is then of no more use. */
  push(chunk: Buffer): void {
    let rest = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    this.#partial = EMPTY;
    while (rest.length > 0) {
      const used = this.#step(rest);
      if (used === 0) {
        this.#partial = rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** The endpoint has closed. Throws ProtocolError when that cuts a response short. */
  close(): void {
    if (this.#state === 'until-close') this.#end(false);
    else if (this.#state !== 'idle') throw new ProtocolError('closed before the end of the response');
  }

  /** Returns how many bytes it used; 0 when it needs more to go on. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes);
      case 'length':
        return this.#readBody(bytes, bytes.length);
      case 'chunk-data':
        return this.#readBody(bytes);
      case 'chunk-line':
        return this.#readChunkLine(bytes);
      case 'chunk-end':
        return this.#readChunkEnd(bytes);
      case 'trailers':
        return this.#readTrailers(bytes);
      case 'until-close':
        this.#sink.data(bytes);
        return bytes.length;
      default:
        throw new ProtocolError('more bytes than the response has');
    }
  }

  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end > LONGEST_HEAD || (end < 0 && bytes.length > LONGEST_HEAD)) throw new ProtocolError('head too long');
    if (end < 0) return 0;
    const head = parseHead(bytes.toString('latin1', 0, end), this.#method, this.#upgrade);
    // 100, 102, 103: interim answers; the one that counts follows.
    if (head.status < 200 && head.status !== 101) return end + 4;
    this.#head = head;
    this.#left = head.length;
    this.#sink.head(head);
    this.#state = head.framing === 'chunked' ? 'chunk-line' : head.framing;
    if (head.framing === 'length' && head.length === 0) this.#end(bytes.length === end + 4);
    return end + 4;
  }

  /** `total` is given where the message ends with these bytes: anything beyond makes the connection useless. */
  #readBody(bytes: Buffer, total?: number): number {
    const used = Math.min(this.#left, bytes.length);
    this.#left -= used;
    this.#sink.data(used === bytes.length ? bytes : bytes.subarray(0, used));
    if (this.#left > 0) return used;
    if (total === undefined) this.#state = 'chunk-end';
    else this.#end(used === total);
    return used;
  }

  #readChunkLine(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n');
    if (end < 0 && bytes.length <= LONGEST_CHUNK_LINE) return 0;
    const [, size] = /^([0-9a-f]{1,12})(?:[ \t]*;[\t\x20-\x7e]*)?$/i.exec(bytes.toString('latin1', 0, end)) ?? [];
    if (end < 0 || size === undefined) throw new ProtocolError('bad chunk size');
    this.#left = parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data';
    return end + 2;
  }

  #readChunkEnd(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    if (bytes[0] !== 13 || bytes[1] !== 10) throw new ProtocolError('chunk longer than its size');
    this.#state = 'chunk-line';
    return 2;
  }

  /** Trailers are dropped, as nginx does. */
  #readTrailers(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n');
    if (end < 0 && bytes.length > LONGEST_HEAD) throw new ProtocolError('trailers too long');
    if (end < 0) return 0;
    if (end === 0) this.#end(bytes.length === 2);
    return end + 2;
  }

  #end(nothingFollows: boolean): void {
    this.#state = 'idle';
    this.#sink.end(nothingFollows && this.#head.keepAlive);
  }
}
