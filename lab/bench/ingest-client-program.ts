/**
 * A process that posts logs over 64 kept connections, on each the next one when the last is answered. It answers a message
 * `{port, durationMs}` with a JsonSample. The harness's own driver is not used because it costs more than half of what a
 * contender does, which would be measured too where they share processors: here requests are made before the clock runs,
 * and of an answer only what is asked below is looked at.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { logBody } from '../load/log-body.ts';
import { logId } from '../load/log-id.ts';
import { quantile, sorted } from '../statistics/quantiles.ts';

export interface JsonSample {
  /** Answers of 201 per second. */
  rate: number;
  answers: number;
  /** Milliseconds from writing a request to having read its answer. */
  p50: number;
  p99: number;
}

export interface Round {
  port: number;
  durationMs: number;
}

const CONNECTIONS = 64;

/** More than any contender answers in a round; a round that uses them up ends early. */
const REQUESTS = 80_000;

const LARGEST_READ_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

process.on('message', (round: Round) => {
  measure(round).then(
    (sample) => process.send!(sample),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** Rejects when any request is answered by anything but 201: then it would be another measurement. */
async function measure({ port, durationMs }: Round): Promise<JsonSample> {
  const requests = prepareRequests();
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  const next = () => (performance.now() < endsAt ? requests.pop() : undefined);
  const latencies = (await Promise.all(Array.from({ length: CONNECTIONS }, () => converse(port, next)))).flat();
  const seconds = (performance.now() - startedAt) / 1000;
  const ascending = sorted(latencies);
  const answers = latencies.length;
  return { rate: answers / seconds, answers, p50: quantile(ascending, 0.5), p99: quantile(ascending, 0.99) };
}

/** The same logs in each round, but for their ids and time. */
function prepareRequests(): Buffer[] {
  const runHash = randomBytes(6).toString('hex');
  const now = Date.now();
  const head = 'POST /logs HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ';
  return Array.from({ length: REQUESTS }, (_, seq) => {
    const body = logBody(logId(runHash, 0, seq), now, 1, seq);
    return Buffer.from(`${head}${body.length}${HEAD_END}${body}`);
  });
}

/** One connection from its first request to its last; resolves with the time that each answer took. */
function converse(port: number, next: () => Buffer | undefined): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    let sentAt = 0;
    let unread = '';
    const send = () => {
      const request = next();
      if (request === undefined) {
        resolve(latencies);
        socket.destroy();
        return;
      }
      sentAt = performance.now();
      socket.write(request);
    };
    const fail = (error: unknown) => {
      reject(error);
      socket.destroy();
    };
    const buffer = Buffer.allocUnsafe(LARGEST_READ_BYTES);
    const read = (bytes: number): boolean => {
      unread += buffer.toString('latin1', 0, bytes);
      const status = statusOf(unread);
      if (status === undefined) return true;
      if (status !== '201') {
        fail(new Error(`a request was answered with ${unread}`));
        return false;
      }
      unread = '';
      latencies.push(performance.now() - sentAt);
      send();
      return true;
    };
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback: read } }, send);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

/** Undefined until the answer has been read to its end, which is found by its content-length. */
function statusOf(answer: string): string | undefined {
  const headEnd = answer.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  if (length === undefined) return 'no content-length';
  if (answer.length < headEnd + HEAD_END.length + Number(length)) return undefined;
  return answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 201'.length);
}
