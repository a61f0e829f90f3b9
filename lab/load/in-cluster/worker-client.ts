/** One worker as the harness sees it, at the other end of a port-forward. */
import type { LoadSpec } from '../load.ts';
import type { Recording } from '../recording.ts';
import type { WorkerProgress } from './load-worker.ts';
import { decodeRecording } from './recording-bytes.ts';

const ANSWER_LIMIT_MS = 5000;
/** Drivers are loaded, on a machine that may be busy. */
const PREPARE_LIMIT_MS = 30_000;
const RECORDING_LIMIT_MS = 120_000;

/** Each call throws when there is no answer in time or it is no good one. */
export class WorkerClient {
  readonly #origin: string;

  constructor({ host, port }: { host: string; port: number }) {
    this.#origin = `http://${host}:${port}`;
  }

  async clock(): Promise<number> {
    return (await (await this.#call('GET', '/clock', ANSWER_LIMIT_MS)).json()) as number;
  }

  async prepare(spec: LoadSpec): Promise<void> {
    await (await this.#call('POST', '/prepare', PREPARE_LIMIT_MS, spec)).json();
  }

  /** `at` is on the worker's clock. */
  async start(at: number): Promise<void> {
    await (await this.#call('POST', '/start', ANSWER_LIMIT_MS, { at })).json();
  }

  async progress(): Promise<WorkerProgress> {
    return (await (await this.#call('GET', '/progress', ANSWER_LIMIT_MS)).json()) as WorkerProgress;
  }

  /** Throws BrokenRecording for one that is not whole. */
  async recording(): Promise<Recording> {
    const response = await this.#call('GET', '/recording', RECORDING_LIMIT_MS);
    return decodeRecording(Buffer.from(await response.arrayBuffer()));
  }

  async #call(method: 'GET' | 'POST', path: string, limitMs: number, body?: unknown): Promise<Response> {
    const response = await fetch(this.#origin + path, {
      method,
      signal: AbortSignal.timeout(limitMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}: ${await response.text()}`);
    return response;
  }
}
