/** Headers of SPDY streams: names and values with their lengths, compressed with one dictionary for the whole connection. */
import { constants, createInflate } from 'node:zlib';
import type { Inflate } from 'node:zlib';
import { HEADER_DICTIONARY } from './dictionary.ts';

export type Headers = ReadonlyMap<string, string>;

/** Reads the header blocks of a connection, which must be given in the order in which they came. */
export class HeaderReader {
  private readonly inflate: Inflate = createInflate({
    dictionary: HEADER_DICTIONARY,
    flush: constants.Z_SYNC_FLUSH,
  });
  private failure: Error | undefined;

  constructor() {
    this.inflate.on('error', (error) => (this.failure = error));
  }

  /** Rejects when the block is not compressed as it has to be. */
  async read(block: Buffer): Promise<Headers> {
    await new Promise<void>((resolve) => {
      this.inflate.write(block, () => resolve());
    });
    if (this.failure !== undefined) throw this.failure;
    const bytes = this.inflate.read() as Buffer | null;
    return parseHeaders(bytes ?? Buffer.alloc(4));
  }

  close(): void {
    this.inflate.close();
  }
}

function parseHeaders(bytes: Buffer): Headers {
  let offset = 0;
  const next = (): number => bytes.readUInt32BE((offset += 4) - 4);
  const text = (length: number): string => bytes.toString('utf8', offset, (offset += length));
  const count = next();
  return new Map(Array.from({ length: count }, () => [text(next()).toLowerCase(), text(next())]));
}

const ZLIB_HEAD = Buffer.of(0x78, 0x01);
/** Blocks of deflate that are stored as they are: type, length, the length inverted, bytes. These are the number 0. */
const NO_HEADERS = Buffer.of(0x00, 0x04, 0x00, 0xfb, 0xff, 0x00, 0x00, 0x00, 0x00);
/** An empty block tells the reader to use what it has. */
const FLUSH = Buffer.of(0x00, 0x00, 0x00, 0xff, 0xff);

/** Writes the blocks of replies, which have no headers: there is nothing to compress. */
export class EmptyHeaderWriter {
  private begun = false;

  write(): Buffer {
    const head = this.begun ? [] : [ZLIB_HEAD];
    this.begun = true;
    return Buffer.concat([...head, NO_HEADERS, FLUSH]);
  }
}
