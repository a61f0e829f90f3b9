/** POST /logs with application/x-ndjson: one log per line, any number of lines. */
import { Problem } from '../shared/problem.ts';
import type { Ingest } from './ingest.ts';
import { splitLines, type Line } from './lines.ts';
import { LARGEST_LOG_BYTES, type ProcessedLog } from './log.ts';
import { parseLog } from './parse-log.ts';

export interface BulkResult {
  /** Newly stored. */
  accepted: number;
  /** Stored before. */
  duplicates: number;
  /** The first ones only: an endless list would need endless memory. */
  rejected: { line: number; reason: string }[];
  rejectedTotal: number;
}

const LONGEST_REJECTED_LIST = 100;

/** Logs and bytes that are gathered before they are handed to the group commit. */
const CHUNK_LOGS = 1000;
const CHUNK_BYTES = 1024 * 1024;

/** One is being committed and one waits behind it, while the next one is read; further ones make the sender wait. */
const CHUNKS_UNDER_WAY = 3;

/**
 * Stores what it reads chunk by chunk, each chunk in a transaction of its own, in memory that does not depend on the body's size.
 * @throws {Problem} as Ingest.storeMany, with `accepted`, `duplicates` and `rejectedTotal` of what was known by then
 */
export async function ingestLines(body: AsyncIterable<Buffer>, ingest: Ingest): Promise<BulkResult> {
  const upload = new Upload(ingest);
  try {
    for await (const lines of splitLines(body, LARGEST_LOG_BYTES)) {
      for (const line of lines) upload.take(line);
      if (upload.chunkIsFull) await upload.sendChunk();
    }
    await upload.finish();
  } catch (error) {
    throw error instanceof Problem ? withCounts(error, upload.result) : error;
  }
  return upload.result;
}

class Upload {
  readonly result: BulkResult = { accepted: 0, duplicates: 0, rejected: [], rejectedTotal: 0 };
  readonly #ingest: Ingest;
  #chunk: ProcessedLog[] = [];
  #chunkLines: number[] = [];
  #chunkBytes = 0;
  #underWay: Promise<void>[] = [];

  constructor(ingest: Ingest) {
    this.#ingest = ingest;
  }

  get chunkIsFull(): boolean {
    return this.#chunk.length >= CHUNK_LOGS || this.#chunkBytes >= CHUNK_BYTES;
  }

  take({ number, bytes }: Line): void {
    const { log, errors } = bytes ? parseLog(bytes) : TOO_LONG;
    if (errors) {
      this.#ingest.countRejected();
      this.#reject(number, errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
      return;
    }
    this.#chunk.push(this.#ingest.process(log));
    this.#chunkLines.push(number);
    this.#chunkBytes += log.bytes;
  }

  /** Resolves when the next chunk may be read. */
  async sendChunk(): Promise<void> {
    const [logs, lines] = [this.#chunk, this.#chunkLines];
    this.#chunk = [];
    this.#chunkLines = [];
    this.#chunkBytes = 0;
    const sending = this.#store(logs, lines);
    // Awaited below or in finish(); until then a failure must not count as unhandled.
    sending.catch(() => {});
    this.#underWay.push(sending);
    if (this.#underWay.length >= CHUNKS_UNDER_WAY) await this.#underWay.shift();
  }

  async finish(): Promise<void> {
    if (this.#chunk.length > 0) await this.sendChunk();
    await Promise.all(this.#underWay);
    // The database's refusals come later than those of the lines after them.
    this.result.rejected.sort((a, b) => a.line - b.line);
  }

  async #store(logs: ProcessedLog[], lines: number[]): Promise<void> {
    const outcomes = await this.#ingest.storeMany(logs);
    outcomes.forEach((outcome, index) => {
      if (outcome === 'stored') this.result.accepted++;
      else if (outcome === 'duplicate') this.result.duplicates++;
      else this.#reject(lines[index]!, 'refused by the database');
    });
  }

  #reject(line: number, reason: string): void {
    this.result.rejectedTotal++;
    if (this.result.rejected.length < LONGEST_REJECTED_LIST) this.result.rejected.push({ line, reason });
  }
}

const TOO_LONG: ReturnType<typeof parseLog> = {
  errors: [{ field: 'body', message: `longer than ${LARGEST_LOG_BYTES} bytes` }],
};

function withCounts(problem: Problem, { accepted, duplicates, rejectedTotal }: BulkResult): Problem {
  Object.assign(problem.body, { accepted, duplicates, rejectedTotal });
  return problem;
}
