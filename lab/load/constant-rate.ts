/**
 * The constant-rate driver, an open loop: requests are due at exact intervals, and are sent when they are due whatever
 * became of those before. So a slow server cannot make its clients look away while it is slow (coordinated omission):
 * the response time counts from intendedAt and includes waiting for a connection.
 */
import { startArrivals } from './arrivals.ts';
import { endingOfAnswer, endingOfLoss, NOT_SENT, TIMED_OUT, type Ending, type ResponseHead } from './classify.ts';
import { ConnectionPool, type Lane, type Request } from './connection-pool.ts';
import type { ConnectionListener } from './http-connection.ts';
import type { LoadSpec } from './load.ts';
import { messageWriter, type MessageWriter } from './message.ts';
import type { Recorder } from './recorder.ts';

/**
 * Runs the load to its end. `requests` counts arrivals, whether sent or dropped. timeoutMs bounds how long a request
 * waits for a connection (then it fails, as not sent), and again how long a sent one waits for its answer.
 */
export async function driveConstantRate(spec: LoadSpec, recorder: Recorder, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const loop = new OpenLoop(spec, recorder, resolve);
    signal.addEventListener('abort', () => loop.abort(), { once: true });
    loop.start();
  });
}

class OpenLoop {
  readonly #spec: LoadSpec;
  readonly #recorder: Recorder;
  readonly #finished: () => void;
  readonly #write: MessageWriter;
  readonly #pool: ConnectionPool;
  readonly #inFlight = new Set<Request>();
  /** Those in flight that found every connection busy, in order; some may have ended by their deadline since. */
  readonly #waiting: Request[] = [];
  #arrivalsToCome: number;
  #cancelArrivals = () => {};

  constructor(spec: LoadSpec, recorder: Recorder, finished: () => void) {
    this.#spec = spec;
    this.#recorder = recorder;
    this.#finished = finished;
    this.#write = messageWriter(spec);
    this.#pool = new ConnectionPool(spec, (lane) => this.#listenTo(lane));
    this.#arrivalsToCome = spec.requests ?? Math.max(1, Math.round((spec.durationMs! * spec.ratePerSecond!) / 1000));
  }

  start(): void {
    const intervalMs = 1000 / this.#spec.ratePerSecond!;
    const now = () => this.#recorder.now();
    this.#cancelArrivals = startArrivals(this.#arrivalsToCome, intervalMs, now, (at) => this.#arrive(at));
  }

  /** Leaves open what is in flight: it is the recorder's to close. */
  abort(): void {
    this.#cancelArrivals();
    for (const request of this.#inFlight) clearTimeout(request.deadline);
    this.#pool.destroy();
    this.#finished();
  }

  #arrive(intendedAt: number): void {
    this.#arrivalsToCome--;
    if (this.#inFlight.size >= this.#spec.maxInFlight) {
      this.#recorder.dropped++;
      return this.#finishIfDone();
    }
    const seq = this.#recorder.begin(intendedAt);
    const deadline = setTimeout(() => this.#expire(request), this.#spec.timeoutMs);
    const request: Request = { seq, intendedAt, deadline, lane: undefined };
    this.#inFlight.add(request);
    const lane = this.#pool.take();
    if (lane) this.#send(request, lane);
    else this.#waiting.push(request);
  }

  #send(request: Request, lane: Lane): void {
    request.lane = lane;
    lane.request = request;
    this.#recorder.sent(request.seq, this.#recorder.now());
    this.#recorder.carriedBy(request.seq, lane.number);
    lane.connection.send(this.#write(request.seq, request.intendedAt));
  }

  #listenTo(lane: Lane): ConnectionListener {
    return {
      connected: () => {
        lane.number = this.#recorder.connectionOpened();
        if (lane.request) this.#recorder.carriedBy(lane.request.seq, lane.number);
      },
      answered: (head) => this.#answered(lane, head),
      lost: (error) => this.#lost(lane, error),
    };
  }

  #answered(lane: Lane, head: ResponseHead): void {
    // A server may answer without being asked, to say why it closes an idle connection.
    if (!lane.request) return this.#pool.remove(lane);
    this.#end(lane.request, endingOfAnswer(head));
    if (head.reusable && this.#spec.keepAlive) this.#pool.giveBack(lane, head.idleLimitMs);
    else this.#pool.remove(lane);
    this.#sendWaiting();
  }

  #lost(lane: Lane, error: string): void {
    if (lane.request) this.#end(lane.request, endingOfLoss(error, lane.number >= 0));
    this.#pool.remove(lane);
    this.#sendWaiting();
  }

  #expire(request: Request): void {
    const { lane } = request;
    this.#end(request, lane ? TIMED_OUT : NOT_SENT);
    // The answer may still come, and would be taken for that of the next request.
    if (lane) this.#pool.remove(lane);
    this.#sendWaiting();
  }

  #end(request: Request, ending: Ending): void {
    clearTimeout(request.deadline);
    this.#inFlight.delete(request);
    if (request.lane) request.lane.request = undefined;
    this.#recorder.end(request.seq, ending);
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0) {
      const request = this.#waiting[0]!;
      if (this.#inFlight.has(request)) {
        const lane = this.#pool.take();
        if (!lane) break;
        // Else what waited long would be sent with no time left, and none would succeed even after a server's return.
        request.deadline.refresh();
        this.#send(request, lane);
      }
      this.#waiting.shift();
    }
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#arrivalsToCome > 0 || this.#inFlight.size > 0) return;
    this.#pool.destroy();
    this.#finished();
  }
}
