/** Splits a stream of bytes into lines without ever holding more than one chunk and one line. */

export interface Line {
  /** From 1, as editors count. */
  number: number;
  /** Without the line's end; null when the line is longer than the limit. */
  bytes: Buffer | null;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Yields the lines of each chunk together, because one step of an asynchronous iteration costs more than parsing a line.
 * Empty lines are counted but not yielded; the last line needs no line feed.
 */
export async function* splitLines(source: AsyncIterable<Buffer>, limitBytes: number): AsyncGenerator<Line[]> {
  const splitter = new LineSplitter(limitBytes);
  for await (const chunk of source) yield splitter.push(chunk);
  yield splitter.end();
}

class LineSplitter {
  readonly #limitBytes: number;
  #number = 1;
  /** The beginning of a line whose end has not come yet. */
  #partial: Buffer[] = [];
  #partialBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#append(chunk.subarray(start, end));
      this.#finishLine(lines);
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    this.#finishLine(lines);
    return lines;
  }

  #append(bytes: Buffer): void {
    this.#partialBytes += bytes.length;
    // One byte over, because a carriage return before the line feed does not count.
    if (this.#partialBytes <= this.#limitBytes + 1) this.#partial.push(bytes);
    else this.#partial = [];
  }

  #finishLine(lines: Line[]): void {
    const number = this.#number++;
    const tooLong = this.#partialBytes > this.#limitBytes + 1;
    const bytes = trimCarriageReturn(this.#partial.length === 1 ? this.#partial[0]! : Buffer.concat(this.#partial));
    this.#partial = [];
    this.#partialBytes = 0;
    if (tooLong || bytes.length > this.#limitBytes) lines.push({ number, bytes: null });
    else if (bytes.length > 0) lines.push({ number, bytes });
  }
}

function trimCarriageReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
