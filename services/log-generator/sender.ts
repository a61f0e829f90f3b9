/** Posts one log until its fate is known. */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GeneratedLog } from './logs.ts';

export interface Delivery {
  /**
   * `stored` and `duplicate`: acknowledged. `failed`: certainly not stored. `indeterminate`: no answer told what became of it.
   */
  outcome: 'stored' | 'duplicate' | 'failed' | 'indeterminate';
  retries: number;
  /** Who acknowledged it; empty otherwise. */
  pod: string;
  node: string;
}

export interface SenderOptions {
  target: URL;
  keepAlive: boolean;
  concurrency: number;
  requestTimeoutMs: number;
  attempts: number;
}

type Answer = {
  status: number;
  retryAfterMs: number;
  pod: string;
  node: string;
  /** The request may have been carried out although it was not acknowledged. */
  uncertain: boolean;
};

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 2000;

/** Errors of connect(): nothing was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Answers after which the same log may be accepted later. */
const WORTH_RETRYING = new Set([408, 425, 429, 500, 502, 503, 504]);

export class Sender {
  readonly #options: SenderOptions;
  readonly #agent: http.Agent;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#agent = new http.Agent({ keepAlive: options.keepAlive, maxSockets: options.concurrency });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Repeats the same id, which the processor stores once whatever became of earlier attempts. */
  async send(log: GeneratedLog, signal: AbortSignal): Promise<Delivery> {
    const body = JSON.stringify(log);
    let uncertain = false;
    for (let retries = 0; ; retries++) {
      const answer = await this.#post(body);
      const { status, pod, node } = answer;
      if (status === 201) return { outcome: 'stored', retries, pod, node };
      if (status === 200) return { outcome: 'duplicate', retries, pod, node };
      uncertain ||= answer.uncertain;
      const givesUp = retries + 1 >= this.#options.attempts || signal.aborted;
      if (givesUp || (status !== 0 && !WORTH_RETRYING.has(status))) {
        return { outcome: uncertain ? 'indeterminate' : 'failed', retries, pod: '', node: '' };
      }
      await sleep(Math.max(backoffMs(retries), answer.retryAfterMs), undefined, { signal }).catch(() => {});
    }
  }

  #post(body: string): Promise<Answer> {
    const { target, keepAlive, requestTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      const request = http.request(target, {
        method: 'POST',
        agent: keepAlive ? this.#agent : false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: requestTimeoutMs,
      });
      request.on('timeout', () => request.destroy(new Error('timeout')));
      request.on('error', (error: NodeJS.ErrnoException) => resolve(withoutAnswer(error)));
      request.on('response', (response) => void readAnswer(response).then(resolve));
      request.end(body);
    });
  }
}

function withoutAnswer({ code = '' }: NodeJS.ErrnoException): Answer {
  return { status: 0, retryAfterMs: 0, pod: '', node: '', uncertain: !NOT_SENT.has(code) };
}

async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
  } catch {
    // Headers tell all that is needed of an acknowledgement.
  }
  return {
    status: statusCode,
    retryAfterMs: retryAfterMs(headers['retry-after']),
    pod: String(headers['x-pod'] ?? ''),
    node: String(headers['x-node'] ?? ''),
    // A refusal says that nothing was stored; a gateway's 502 and 504, a 500 and the processor's "outcome-unknown" do not.
    uncertain: statusCode === 503 ? body.includes('outcome-unknown') : statusCode >= 500,
  };
}

/** Of the header's two forms: seconds, or a date. */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Math.max(0, ms || 0);
}

/**
 * Exponential, half of it random: clients that failed together do not come back together.
 *
 * @param random from 0 to 1
 */
export function backoffMs(retries: number, random = Math.random()): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** retries, LONGEST_BACKOFF_MS) * (0.5 + random / 2);
}
