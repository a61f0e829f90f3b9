/** Turns stored log entries into what was asked for. */
import type { LogOptions } from '../node-agent.ts';
import { parseEntry, type LogEntry } from './log-format.ts';

export class LogFilter {
  readonly #timestamps: boolean;
  readonly #since: number;
  #remainingBytes: number;
  #torn: Buffer = Buffer.alloc(0);
  #continuing = false;

  constructor(options: LogOptions) {
    this.#timestamps = options.timestamps ?? false;
    this.#since = sinceMs(options);
    this.#remainingBytes = options.limitBytes ?? Infinity;
  }

  /** Whether limitBytes is used up. */
  get full(): boolean {
    return this.#remainingBytes <= 0;
  }

  /** `chunk` may begin and end in the middle of an entry. */
  apply(chunk: Buffer): Buffer {
    const data = this.#torn.length > 0 ? Buffer.concat([this.#torn, chunk]) : chunk;
    const end = data.lastIndexOf(0x0a) + 1;
    this.#torn = Buffer.from(data.subarray(end));
    const lines = data.toString('utf8', 0, end).split('\n').slice(0, -1);
    const output = Buffer.from(lines.map((line) => this.#render(parseEntry(line))).join(''));
    const kept = output.subarray(0, Math.min(output.length, this.#remainingBytes));
    this.#remainingBytes -= kept.length;
    return kept;
  }

  #render(entry: LogEntry | undefined): string {
    if (!entry || Date.parse(entry.timestamp) < this.#since) return '';
    const { timestamp, partial, text } = entry;
    const start = this.#timestamps && !this.#continuing ? `${timestamp} ` : '';
    this.#continuing = partial;
    return `${start}${text}${partial ? '' : '\n'}`;
  }
}

function sinceMs({ sinceSeconds, sinceTime }: LogOptions): number {
  if (sinceTime !== undefined) return Date.parse(sinceTime);
  return sinceSeconds === undefined ? -Infinity : Date.now() - sinceSeconds * 1000;
}
