/**
 * A virtual user: takes over from one of autocannon's clients the two decisions that it gets wrong, when to connect and
 * when to send, and keeps the book. Left alone, a client loses answers when it reconnects, sends on a connection that
 * the server has said it will close, feeds a new connection's answer to a parser that is in the middle of an old one,
 * and retries a refused connection without a pause; nor has it an option for the source port. This reaches into its
 * internals, so autocannon's version is pinned.
 */
// oxlint-disable no-underscore-dangle -- the names are autocannon's
import { HTTPParser } from 'http-parser-js';
import type { NetConnectOpts, Socket } from 'node:net';
import { CLOSED, endingOfAnswer, endingOfLoss, errorCode, isBodiless, readHead, TIMED_OUT } from './classify.ts';
import type { Ending, RawResponseHead, ResponseHead } from './classify.ts';
import type { LoadSpec } from './load.ts';
import type { MessageWriter } from './message.ts';
import type { Recorder } from './recorder.ts';
import { SourcePortChoice } from './source-ports.ts';

/** A user whose connection failed tries again after this time, lest a dead target be flooded with attempts. */
const RETRY_PAUSE_MS = 50;

/** What all users of a load share. */
export interface Work {
  spec: LoadSpec;
  recorder: Recorder;
  sourcePorts: { take(): number } | undefined;
  write: MessageWriter;
  /** No further request is to be sent. */
  isOver(): boolean;
}

/** What is used of the client of autocannon 9.0.0 (lib/httpClient.js). */
interface Client {
  conn?: Socket;
  opts: { socketPath?: NetConnectOpts };
  /** Whether net.connect is given the socketPath, and nothing else. */
  ipc: boolean;
  parser: InstanceType<typeof HTTPParser> & { body_bytes: number | null };
  /** Opens a connection and calls _doRequest. Called first by the constructor, then after an error or a close. */
  _connect(): void;
  /** Sends a request. Called by _connect, and when an answer is complete. */
  _doRequest(): void;
  _destroyConnection(): void;
  getRequestBuffer(): Buffer;
  destroy(): void;
  on(event: 'headers', listener: (head: RawResponseHead) => void): void;
  on(event: 'response' | 'done', listener: () => void): void;
  on(event: 'connError', listener: (error: Error) => void): void;
}

const NONE = -1;

/** Enough for any request with a log. */
const MESSAGE_BYTES = 2048;

export class AutocannonUser {
  readonly #client: Client;
  readonly #work: Work;
  readonly #openSocket: () => void;
  readonly #send: () => void;
  readonly #deadline: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;

  /** The request under way, and the head of its answer. */
  #seq = NONE;
  #head: ResponseHead | undefined;
  #startedAt = 0;
  #sourcePort = new SourcePortChoice(undefined);
  #isPortTaken = false;
  /** Number of the connection, none until it is established. */
  #connection = NONE;
  /** The connection may carry no further request. */
  #spent = false;
  #failed = false;
  #hasBegun = false;
  /** A user has one request under way, and closes its connection before it gives one up: this serves them all. */
  readonly #message = Buffer.allocUnsafeSlow(MESSAGE_BYTES);

  /** To be called by autocannon's `setupClient`, before the client opens its first connection. */
  constructor(client: object, work: Work) {
    this.#client = asClient(client);
    this.#work = work;
    this.#openSocket = this.#client._connect.bind(client);
    this.#send = this.#client._doRequest.bind(client);
    this.#deadline = setTimeout(() => this.#expire(), work.spec.timeoutMs);
    this.#takeOver();
  }

  stop(): void {
    this.#client.destroy();
  }

  #takeOver(): void {
    const client = this.#client;
    client.ipc = true;
    client._connect = () => this.#connect();
    client._doRequest = () => this.#request();
    client.getRequestBuffer = () => this.#work.write(this.#seq, this.#startedAt, this.#message);
    client.on('headers', (head) => this.#headRead(head));
    client.on('response', () => this.#answered());
    client.on('connError', (error) => this.#connectionFailed(errorCode(error)));
    client.on('done', () => this.#clearTimers());
    const execute = client.parser.execute.bind(client.parser);
    client.parser.execute = (chunk) => {
      const parsed = execute(chunk);
      if (parsed instanceof Error) client.conn?.destroy(parsed);
      return parsed;
    };
  }

  #connect(): void {
    if (this.#isPortTaken) {
      this.#client._destroyConnection();
      return this.#open();
    }
    if (this.#seq !== NONE && this.#completedByClose()) return;
    if (this.#seq !== NONE) this.#lost(CLOSED);
    // Otherwise a late error of the old connection would make autocannon open a second new one.
    if (this.#client.conn) this.#client._destroyConnection();
    if (!this.#failed) return this.#connectNow();
    this.#failed = false;
    this.#retry = setTimeout(() => this.#connectNow(), RETRY_PAUSE_MS);
  }

  #connectNow(): void {
    if (this.#isOver()) return this.#client.destroy();
    this.#client.parser.reinitialize(HTTPParser.RESPONSE);
    this.#connection = NONE;
    this.#spent = false;
    this.#sourcePort = new SourcePortChoice(this.#work.sourcePorts);
    this.#open();
  }

  #open(): void {
    const { host, port } = this.#work.spec;
    this.#isPortTaken = false;
    this.#client.opts.socketPath = { host, port, ...this.#sourcePort.next() };
    this.#openSocket();
    this.#client.conn?.once('connect', () => this.#connected());
  }

  #connected(): void {
    this.#connection = this.#work.recorder.connectionOpened();
    this.#work.recorder.carriedBy(this.#seq, this.#connection);
  }

  #request(): void {
    // It was to go over a connection whose source port was taken.
    if (this.#seq !== NONE) return this.#send();
    if (this.#isOver()) return this.#client.destroy();
    if (this.#spent) return this.#connect();
    const { recorder } = this.#work;
    this.#startedAt = recorder.now();
    this.#seq = recorder.begin(this.#startedAt);
    recorder.sent(this.#seq, this.#startedAt);
    recorder.carriedBy(this.#seq, this.#connection);
    this.#head = undefined;
    this.#hasBegun = true;
    this.#deadline.refresh();
    this.#send();
  }

  #headRead(raw: RawResponseHead): void {
    this.#head = readHead(raw);
    // The parser would wait for a body until the connection closes.
    if (isBodiless(raw.statusCode)) this.#client.parser.body_bytes = 0;
  }

  #answered(): void {
    const head = this.#head!;
    this.#spent = !this.#work.spec.keepAlive || !head.reusable;
    this.#end(endingOfAnswer(head));
  }

  /** An answer without a length is complete when the server closes; the client then goes on to its next request. */
  #completedByClose(): boolean {
    const seq = this.#seq;
    this.#client.parser.finish();
    return this.#seq !== seq;
  }

  #connectionFailed(error: string): void {
    if (this.#sourcePort.isTaken(error)) this.#isPortTaken = true;
    else this.#lost(error);
  }

  #lost(error: string): void {
    this.#failed = true;
    if (this.#seq !== NONE) this.#end(endingOfLoss(error, this.#connection !== NONE));
  }

  #expire(): void {
    if (this.#seq === NONE) return;
    this.#end(TIMED_OUT);
    this.#connect();
  }

  #end(ending: Ending): void {
    const seq = this.#seq;
    this.#seq = NONE;
    this.#work.recorder.end(seq, ending);
  }

  /** The first request is always sent: autocannon does not notice when a client is destroyed by its own constructor. */
  #isOver(): boolean {
    return this.#hasBegun && this.#work.isOver();
  }

  #clearTimers(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
  }
}

function asClient(client: object): Client {
  const methods = ['_connect', '_doRequest', '_destroyConnection', 'getRequestBuffer', 'destroy'];
  const missing = methods.filter((name) => typeof Reflect.get(client, name) !== 'function');
  if (missing.length > 0) throw new Error(`autocannon's client is not that of version 9.0.0: no ${missing.join(', ')}`);
  return client as Client;
}
