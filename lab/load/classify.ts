/** What became of an operation: the one place where an answer or a loss is turned into ok, fail or info. */
import type { Operation } from './load.ts';

/** How an operation ended: the part of its record that the ending decides. */
export type Ending = Pick<Operation, 'outcome' | 'status' | 'pod' | 'node' | 'error'>;

/** What the recorder needs of a response's head. */
export interface ResponseHead {
  status: number;
  pod: string;
  node: string;
  /** The service itself says, by `x-outcome: unknown`, that it does not know whether the request took effect. */
  outcomeUnknown: boolean;
  /** The server keeps the connection open after this response. */
  reusable: boolean;
  /** From `Keep-Alive: timeout=N`; Infinity when the server does not say. */
  idleLimitMs: number;
}

/** A response's head as an HTTP parser hands it over; `headers` alternates names and values. */
export interface RawResponseHead {
  statusCode: number;
  headers: string[];
  shouldKeepAlive: boolean;
}

/** Responses with these statuses have no body, whatever their headers say (RFC 9110, 15.3.5 and 15.4.5). */
const BODILESS_STATUSES = new Set([204, 304]);

/** A gateway's word that the server behind it failed or was late: the request may have been executed all the same. */
const GATEWAY_STATUSES = new Set([502, 504]);

export function readHead({ statusCode, headers, shouldKeepAlive }: RawResponseHead): ResponseHead {
  const head: ResponseHead = {
    status: statusCode,
    pod: '',
    node: '',
    outcomeUnknown: false,
    reusable: shouldKeepAlive || isBodiless(statusCode),
    idleLimitMs: Infinity,
  };
  for (let index = 0; index + 1 < headers.length; index += 2) readHeader(head, headers[index]!, headers[index + 1]!);
  return head;
}

export function isBodiless(status: number): boolean {
  return status < 200 || BODILESS_STATUSES.has(status);
}

/** ok: 2xx. info: the answer leaves open whether the request took effect. fail: every other answer. */
export function endingOfAnswer(head: ResponseHead): Ending {
  return { outcome: outcomeOfAnswer(head), status: head.status, pod: head.pod, node: head.node, error: '' };
}

/**
 * The connection failed or closed before the answer was complete. Once connected, the request counts as sent, for then
 * the kernel may have taken any part of it: info. Before that nothing can have reached the server: fail.
 *
 * @param error code of the system's error (ECONNREFUSED, ECONNRESET, ...), or `closed` when the server closed in order
 */
export function endingOfLoss(error: string, connected: boolean): Ending {
  return unanswered(connected ? 'info' : 'fail', error);
}

/** No answer within the time allowed. */
export const TIMED_OUT: Ending = unanswered('info', 'timeout');
/** The load was ended while the request was under way. */
export const ABORTED: Ending = unanswered('info', 'aborted');
/** Its time was over, or the load ended, while the request still waited for a connection: nothing of it was sent. */
export const NOT_SENT: Ending = unanswered('fail', 'not-sent');
/** The server closed the connection in order, but without an answer. */
export const CLOSED = 'closed';

/** The code of an error of a socket or of the parser. */
export function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'bad-answer';
}

function unanswered(outcome: 'fail' | 'info', error: string): Ending {
  return { outcome, status: 0, pod: '', node: '', error };
}

function outcomeOfAnswer({ status, outcomeUnknown }: ResponseHead): Operation['outcome'] {
  if (status >= 200 && status < 300) return 'ok';
  // A 1xx is no final answer.
  if (outcomeUnknown || GATEWAY_STATUSES.has(status) || status < 200) return 'info';
  return 'fail';
}

/** The longest name that is looked for. */
const LONGEST_NAME = 'keep-alive'.length;

function readHeader(head: ResponseHead, name: string, value: string): void {
  if (name.length > LONGEST_NAME) return;
  switch (name.toLowerCase()) {
    case 'x-pod':
      head.pod = value;
      break;
    case 'x-node':
      head.node = value;
      break;
    case 'x-outcome':
      head.outcomeUnknown = value.toLowerCase() === 'unknown';
      break;
    case 'keep-alive':
      head.idleLimitMs = idleLimitOf(value);
      break;
  }
}

/** A server says the same in each answer. */
let lastKeepAlive = { value: '', limitMs: Infinity };

function idleLimitOf(value: string): number {
  if (value === lastKeepAlive.value) return lastKeepAlive.limitMs;
  const seconds = /timeout=(\d+)/i.exec(value)?.[1];
  const limitMs = seconds ? Number(seconds) * 1000 : Infinity;
  lastKeepAlive = { value, limitMs };
  return limitMs;
}
