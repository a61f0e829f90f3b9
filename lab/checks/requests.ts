/** How the requests ended, and how many a second. */
import { type Metric, missing, orMissing } from './metric.ts';
import type { Scope } from './scope.ts';

export interface Requests {
  total: number;
  ok: number;
  failed: number;
  /** May or may not have been executed: timed out, or the connection was lost after sending. */
  indeterminate: number;
  /** Arrivals that were never sent, because too many requests were in flight. */
  dropped: number;
  connectionsOpened: number;
  /** Answers by HTTP status; `0` is no answer. */
  byStatus: Record<string, number>;
  /** Requests without an answer, by the error's code. */
  byError: Record<string, number>;
  durationSeconds: number;
}

export function countRequests(scope: Scope): Requests {
  const outcomes = { ok: 0, fail: 0, info: 0 };
  const byStatus = new Map<number, number>();
  const byError = new Map<string, number>();
  for (const { operations } of scope.loads) {
    for (let index = 0; index < operations.length; index += 1) {
      outcomes[operations.outcome(index)] += 1;
      increment(byStatus, operations.status(index));
      if (operations.error(index) !== '') increment(byError, operations.error(index));
    }
  }
  return {
    total: outcomes.ok + outcomes.fail + outcomes.info,
    ok: outcomes.ok,
    failed: outcomes.fail,
    indeterminate: outcomes.info,
    dropped: sumOf(scope, 'dropped'),
    connectionsOpened: sumOf(scope, 'connectionsOpened'),
    byStatus: sortedRecord(byStatus),
    byError: sortedRecord(byError),
    durationSeconds: (scope.endedAt - scope.startedAt) / 1000,
  };
}

function sumOf(scope: Scope, field: 'dropped' | 'connectionsOpened'): number {
  return scope.loads.reduce((total, load) => total + load[field], 0);
}

export function increment<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Sorted by key, so that the same history always gives the same report. */
function sortedRecord(counts: Map<string | number, number>): Record<string, number> {
  const entries = [...counts].map(([key, count]): [string, number] => [String(key), count]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const NO_REQUESTS = 'no request was made';

function count(name: string, better: 'lower' | 'higher' | null, meaning: string, read: (source: Requests) => number) {
  return { name: `requests.${name}`, unit: 'count', better, meaning, read } satisfies Metric<Requests>;
}

function statusClass(requests: Requests, digit: string): number {
  return Object.entries(requests.byStatus).reduce((sum, [status, n]) => (status.startsWith(digit) ? sum + n : sum), 0);
}

function perSecond(requests: Requests, amount: number) {
  return requests.durationSeconds > 0 ? amount / requests.durationSeconds : missing('the load took no time');
}

export const REQUEST_METRICS: Metric<Requests>[] = [
  count('total', null, 'Requests that were started.', (r) => r.total),
  count('ok', 'higher', 'Requests that were answered with success.', (r) => r.ok),
  count('failed', 'lower', 'Requests that certainly failed: refused, or answered with an error.', (r) => r.failed),
  count('indeterminate', 'lower', 'Requests that may or may not have been executed.', (r) => r.indeterminate),
  count('dropped', 'lower', 'Arrivals never sent, since too many requests were in flight.', (r) => r.dropped),
  count('status2xx', 'higher', 'Answers with a status from 200 to 299.', (r) => statusClass(r, '2')),
  count('status4xx', 'lower', 'Answers with a status from 400 to 499.', (r) => statusClass(r, '4')),
  count('status5xx', 'lower', 'Answers with a status from 500 to 599.', (r) => statusClass(r, '5')),
  count('noAnswer', 'lower', 'Requests without any answer.', (r) => r.byStatus['0'] ?? 0),
  count('connections', null, 'TCP connections that were opened.', (r) => r.connectionsOpened),
  {
    name: 'requests.errorRate',
    unit: 'ratio',
    better: 'lower',
    meaning: 'Part of the requests that failed or are indeterminate.',
    read: (r) => orMissing(r.total > 0 ? (r.failed + r.indeterminate) / r.total : null, NO_REQUESTS),
  },
  {
    name: 'throughput.perSecond',
    unit: 'perSecond',
    better: 'higher',
    meaning: 'Successful requests per second, over the whole length of the load.',
    read: (r) => perSecond(r, r.ok),
  },
  {
    name: 'throughput.offeredPerSecond',
    unit: 'perSecond',
    better: null,
    meaning: 'Requests per second that clients wanted to make, dropped arrivals included.',
    read: (r) => perSecond(r, r.total + r.dropped),
  },
];
