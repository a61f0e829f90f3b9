/** Reads a container's log back as the API's `log` subresource answers it. */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { LogOptions } from '../node-agent.ts';
import { logFiles, type ContainerLog } from './container-log.ts';
import { LogFilter } from './log-filter.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** A part of an open file: to its end as it was when it was opened. */
interface Section {
  file: number;
  start: number;
  end: number;
}

/**
 * `path` is the log's current file. With options.follow, what `live` gets to store comes after what is there, until it
 * is closed.
 */
export function readLog(path: string, live: ContainerLog | undefined, options: LogOptions): Readable {
  const output = new PassThrough();
  const filter = new LogFilter(options);
  const sections = openSections(path, options.tailLines);
  const waiting: Buffer[] = [];
  let caughtUp = false;
  const write = (chunk: Buffer): void => {
    if (output.writable) output.write(filter.apply(chunk));
    if (filter.full) output.end();
  };
  const unfollow = options.follow
    ? live?.follow({
        entries: (chunk) => (caughtUp ? write(chunk) : waiting.push(chunk)),
        end: () => caughtUp && output.end(),
      })
    : undefined;
  output.once('close', () => unfollow?.());

  const pump = async (): Promise<void> => {
    for await (const chunk of chunksOf(sections)) {
      write(chunk);
      if (!output.writable) return;
      if (output.writableNeedDrain) await Promise.race([once(output, 'drain'), once(output, 'close')]);
    }
    caughtUp = true;
    for (const chunk of waiting.splice(0)) write(chunk);
    if (!unfollow || live?.closed) output.end();
  };
  pump().catch((error: unknown) => output.destroy(error as Error));
  return output;
}

async function* chunksOf(sections: Section[]): AsyncGenerator<Buffer> {
  for (const { file, start, end } of sections) {
    if (start >= end) closeSync(file);
    else yield* createReadStream('', { fd: file, start, end: end - 1 }) as AsyncIterable<Buffer>;
  }
}

/** Opened before anything else happens: a rotation in the meantime then changes nothing. */
function openSections(path: string, tailLines: number | undefined): Section[] {
  const sections = logFiles(path).map((name) => {
    const file = openSync(name, 'r');
    return { file, start: 0, end: fstatSync(file).size };
  });
  if (tailLines !== undefined) skipToTail(sections, tailLines);
  return sections;
}

function skipToTail(sections: Section[], lines: number): void {
  let missing = lines;
  for (const section of sections.toReversed()) {
    const found = findTail(section, missing);
    section.start = found.start;
    missing -= found.lines;
  }
}

/** Where the last `wanted` lines of the section begin, and how many there are. */
function findTail({ file, end }: Section, wanted: number): { start: number; lines: number } {
  if (wanted <= 0) return { start: end, lines: 0 };
  const block = Buffer.alloc(BLOCK_BYTES);
  let lines = 0;
  for (let blockEnd = end; blockEnd > 0; blockEnd -= BLOCK_BYTES) {
    const blockStart = Math.max(0, blockEnd - BLOCK_BYTES);
    readSync(file, block, 0, blockEnd - blockStart, blockStart);
    for (let at = blockEnd - blockStart - 1; at >= 0; at--) {
      // The newline that ends the last line does not begin another one.
      if (block[at] !== NEWLINE || blockStart + at === end - 1) continue;
      lines++;
      if (lines === wanted) return { start: blockStart + at + 1, lines };
    }
  }
  return { start: 0, lines: end > 0 ? lines + 1 : 0 };
}
