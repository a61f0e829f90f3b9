/** Load: what a driver is asked for and what it records. Interface only. */
import type { Operations } from './operations.ts';

/**
 * One request as the client saw it. Times are in milliseconds since the run's start (fractions allowed), so that all
 * drivers of a run share one clock.
 * `info` means that the request may or may not have been executed: a time-out, or a connection lost after sending.
 */
export interface Operation {
  /** Number of the request within its load, from 0; the log it carried has the id logId(run, load, seq). */
  seq: number;
  /** Number of the TCP connection that carried it, from 0 within the load; -1 when none was made. */
  connection: number;
  /** When the request should have been sent. In a closed loop the same as startedAt. */
  intendedAt: number;
  startedAt: number;
  endedAt: number;
  outcome: 'ok' | 'fail' | 'info';
  /** HTTP status, 0 when there was no answer. */
  status: number;
  /** From the response headers x-pod and x-node; empty when there was none. */
  pod: string;
  node: string;
  /** Code of the failure (ECONNREFUSED, timeout, ...); empty when there was an answer. */
  error: string;
}

export interface LoadSpec {
  /** Unique within the run. */
  name: string;
  /** Number of this load within the run, from 0: part of the ids of its logs. */
  index: number;
  driver: 'autocannon' | 'constant-rate';
  /** Where to connect. */
  host: string;
  port: number;
  /** Value of the Host header. */
  hostHeader: string;
  method: 'GET' | 'POST';
  path: string;
  /** `log`: a JSON log with the id of the operation. `none`: no body. */
  body: 'log' | 'none';
  /** Same connection for many requests, or a new one for each. */
  keepAlive: boolean;
  /** Closed loop: connections in use. Constant rate with keepAlive: size of the pool. */
  connections: number;
  /** Constant rate only: requests per second. */
  ratePerSecond?: number | undefined;
  /** Ends after this time... */
  durationMs?: number | undefined;
  /** ...or after this many requests; one of the two is given. */
  requests?: number | undefined;
  /** No answer by then: the operation ends as info with the error `timeout`. */
  timeoutMs: number;
  /** Constant rate only: an arrival that finds so many in flight is dropped and counted. */
  maxInFlight: number;
  /** Seeds what the logs contain. */
  seed: number;
  /** 48 bits that identify the run, as 12 hex digits: part of the ids of its logs. */
  runHash: string;
  /** Which of the workers that share the load this one is, from 0, and of how many; undefined when it has the load alone. */
  worker?: { index: number; count: number } | undefined;
  /** Origin of the run's clock, in performance.timeOrigin + performance.now() milliseconds. */
  runOriginMs: number;
}

/** A worker that had a part of a load. Times are on the run's clock. */
export interface WorkerRecord {
  pod: string;
  node: string;
  /** Its clock minus the harness's, and how far from the truth that may be; its times are corrected by it. */
  clock: { offsetMs: number; uncertaintyMs: number };
  /** When it began; null when nobody knows. */
  startedAt: number | null;
  /** Requests that it says it made: of one that was lost, as far as it could tell. */
  made: number;
  /** Requests of it that are in the record. */
  recorded: number;
  /** Why its part of the record is missing or not what was asked for; null when all is well. */
  error: string | null;
}

export interface LoadProgress {
  elapsedMs: number;
  completed: number;
  failed: number;
  inFlight: number;
  byPod: Record<string, number>;
}

export interface LoadResult {
  /** In order of their numbers. */
  operations: Operations;
  /** Arrivals that were dropped because maxInFlight was reached. */
  dropped: number;
  startedAt: number;
  endedAt: number;
  connectionsOpened: number;
}

export interface LoadDriver {
  /**
   * Runs the load to its end; with an aborted signal, ends early, waits for nothing and returns what it has.
   * Throws only when the load could not be run at all. Every request that was started is in the result exactly once.
   */
  run(spec: LoadSpec, signal: AbortSignal, onProgress: (progress: LoadProgress) => void): Promise<LoadResult>;
}
