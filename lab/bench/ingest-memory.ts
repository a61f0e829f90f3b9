/** Whether log-processor's memory depends on the size of what it is sent. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { logBody } from '../load/log-body.ts';
import { logId } from '../load/log-id.ts';
import { upload } from './ingest-bulk.ts';
import type { ServerProcess } from './server-process.ts';

const SAMPLE_MS = 50;
const LOGS_PER_CHUNK = 500;

export interface MemoryOfUpload {
  /** Largest resident size in bytes, in each quarter of the body. */
  peaks: [number, number, number, number];
  rows: number;
  seconds: number;
}

/** Streams a body of at least so many bytes, made as it is sent; throws when any line was not newly stored. */
export async function measureUploadMemory(server: ServerProcess, bytes: number): Promise<MemoryOfUpload> {
  const body = new EndlessBody(bytes);
  const peaks: MemoryOfUpload['peaks'] = [0, 0, 0, 0];
  const sampling = setInterval(() => {
    void server.residentBytes().then((resident) => {
      const quarter = Math.min(3, Math.floor((body.sent / bytes) * 4));
      peaks[quarter] = Math.max(peaks[quarter]!, resident);
    });
  }, SAMPLE_MS);
  const startedAt = performance.now();
  try {
    const accepted = await upload(server.port, Readable.from(body.chunks(), { objectMode: false }));
    if (accepted !== body.rows) throw new Error(`${accepted} of ${body.rows} lines were accepted`);
  } finally {
    clearInterval(sampling);
  }
  return { peaks, rows: body.rows, seconds: (performance.now() - startedAt) / 1000 };
}

class EndlessBody {
  sent = 0;
  rows = 0;
  readonly #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  *chunks(): Generator<Buffer> {
    const runHash = randomBytes(6).toString('hex');
    const now = Date.now();
    while (this.sent < this.#bytes) {
      let text = '';
      for (let index = 0; index < LOGS_PER_CHUNK; index++, this.rows++) {
        text += `${logBody(logId(runHash, 0, this.rows), now, 1, this.rows)}\n`;
      }
      const chunk = Buffer.from(text);
      this.sent += chunk.length;
      yield chunk;
    }
  }
}
