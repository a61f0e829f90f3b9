/** Writes what one container prints to its log file, and hands it to those who follow. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { logTimestamp, type LogStream } from './log-format.ts';

/** The kubelet's containerLogMaxSize; with the file before, there are two. */
const MAX_BYTES = 10 * 1024 * 1024;
/** Longer lines are stored in parts, as by containerd. */
const MAX_LINE_BYTES = 16 * 1024;
/** More than the longest termination message that Kubernetes keeps. */
const TAIL_BYTES = 4096;

const NEWLINE = 0x0a;

export interface LogFollower {
  /** Whole entries. */
  entries(chunk: Buffer): void;
  end(): void;
}

export class ContainerLog {
  readonly path: string;
  readonly #maxBytes: number;
  #file: number;
  #size: number;
  #closed = false;
  readonly #followers = new Set<LogFollower>();

  constructor(path: string, maxBytes = MAX_BYTES) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#file = openSync(path, 'a');
    this.#size = fstatSync(this.#file).size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Stores all that comes, also a last line without an end. */
  capture(output: Readable, stream: LogStream): void {
    let rest: Buffer = Buffer.alloc(0);
    output.on('data', (chunk: Buffer) => {
      const { entries, rest: open } = split(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, stream);
      rest = open;
      this.#append(entries);
    });
    output.on('close', () => {
      if (rest.length > 0) this.#append(Buffer.concat([prefix(stream, 'F'), rest, Buffer.of(NEWLINE)]));
      rest = Buffer.alloc(0);
    });
  }

  /** Returns the function that ends it. */
  follow(follower: LogFollower): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** The end of what is stored, as entries. */
  tail(): string {
    const file = openSync(this.path, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(TAIL_BYTES, this.#size));
      readSync(file, buffer, 0, buffer.length, this.#size - buffer.length);
      return buffer.toString();
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  /** Written synchronously: into the page cache that takes microseconds, and order and completeness come for nothing. */
  #append(entries: Buffer): void {
    if (this.#closed || entries.length === 0) return;
    writeSync(this.#file, entries);
    this.#size += entries.length;
    for (const follower of this.#followers) follower.entries(entries);
    if (this.#size >= this.#maxBytes) this.#rotate();
  }

  #rotate(): void {
    closeSync(this.#file);
    renameSync(this.path, rotatedPath(this.path));
    this.#file = openSync(this.path, 'a');
    this.#size = 0;
  }
}

function rotatedPath(path: string): string {
  return `${path}.1`;
}

export function removeLog(path: string): void {
  for (const file of [rotatedPath(path), path]) rmSync(file, { force: true });
}

/** The files of a log, oldest first; none when nothing was ever logged. */
export function logFiles(path: string): string[] {
  return [rotatedPath(path), path].filter((file) => existsSync(file));
}

/** All lines of a chunk bear the time at which it was read. */
function split(data: Buffer, stream: LogStream): { entries: Buffer; rest: Buffer } {
  const full = prefix(stream, 'F');
  const part = prefix(stream, 'P');
  const pieces: Buffer[] = [];
  let start = 0;
  while (start < data.length) {
    const newline = data.indexOf(NEWLINE, start);
    const end = newline < 0 ? data.length : newline;
    if (end - start > MAX_LINE_BYTES) {
      pieces.push(part, data.subarray(start, start + MAX_LINE_BYTES), Buffer.of(NEWLINE));
      start += MAX_LINE_BYTES;
    } else if (newline < 0) {
      break;
    } else {
      pieces.push(full, data.subarray(start, end + 1));
      start = end + 1;
    }
  }
  return { entries: Buffer.concat(pieces), rest: data.subarray(start) };
}

function prefix(stream: LogStream, tag: 'F' | 'P'): Buffer {
  return Buffer.from(`${logTimestamp()} ${stream} ${tag} `);
}
