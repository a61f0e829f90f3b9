/** Made-up runs with known properties, for tests and for looking at reports. Seeded: the same options give the same run. */
import { drawNormal, type Random } from '../statistics/random.ts';
import type { Operation } from '../load/load.ts';
import { Operations } from '../load/operations.ts';
import { AuditRows } from './audit-rows.ts';
import type { CounterReading, LoadHistory, PhaseHistory, PodPlacement, RunHistory } from './history.ts';

const APP = 'log-processor';
const NODES = ['w1', 'w2'];

export interface LoadOptions {
  phase: string;
  startedAt: number;
  requests: number;
  ratePerSecond: number;
  pods: PodPlacement[];
  random: Random;
  index?: number;
  keepAlive?: boolean;
  connections?: number;
  driver?: 'autocannon' | 'constant-rate';
  balancing?: LoadHistory['balancing'];
  /** Which pod the choice with this number goes to; random by default. */
  choose?: (choice: number) => PodPlacement;
  /** Changes what happened to a request, such as a time-out. */
  disturb?: (operation: Operation, pod: PodPlacement) => void;
}

export function podsOn(count: number, nodes = NODES): PodPlacement[] {
  return Array.from({ length: count }, (_, index) => ({
    pod: `${APP}-7d9c8b6f54-${String.fromCharCode(97 + index)}x${index}k2`,
    node: nodes[index % nodes.length]!,
    app: APP,
    ready: true,
  }));
}

/** A phase with one load to log-processor. */
export function madePhase(options: LoadOptions): PhaseHistory {
  const load = madeLoad(options);
  return {
    name: options.phase,
    startedAt: options.startedAt,
    endedAt: load.endedAt + 50,
    loads: [load],
    podsAtStart: options.pods,
    podsAtEnd: options.pods,
  };
}

function madeLoad(options: LoadOptions): LoadHistory {
  const { startedAt, requests, ratePerSecond, random, keepAlive = false, connections = 50, index = 0 } = options;
  const operations = Operations.from(madeOperations(options));
  return {
    spec: {
      name: 'log-processor',
      index,
      driver: options.driver ?? 'constant-rate',
      host: '127.20.96.4',
      port: 80,
      hostHeader: 'log-processor',
      method: 'POST',
      path: '/logs',
      body: 'log',
      keepAlive,
      connections,
      ...(options.driver === 'autocannon'
        ? { requests }
        : { ratePerSecond, durationMs: (requests / ratePerSecond) * 1000 }),
      timeoutMs: 2000,
      maxInFlight: 1000,
      seed: random.integer(1000),
      runHash: '0123456789ab',
      runOriginMs: 0,
    },
    target: `service/${APP}`,
    app: APP,
    balancing: options.balancing ?? 'per-connection',
    startedAt,
    endedAt: lastEnd(operations, startedAt),
    operations,
    dropped: 0,
    connectionsOpened: keepAlive ? connections : requests,
  };
}

function lastEnd(operations: Operations, startedAt: number): number {
  let end = startedAt;
  for (const { endedAt } of operations) end = Math.max(end, endedAt);
  return end;
}

function* madeOperations(options: LoadOptions): Generator<Operation> {
  for (let seq = 0; seq < options.requests; seq += 1) yield madeOperation(seq, options);
}

function madeOperation(seq: number, options: LoadOptions): Operation {
  const { startedAt, ratePerSecond, pods, random, keepAlive = false, connections = 50 } = options;
  const connection = keepAlive ? seq % connections : seq;
  const choice = keepAlive && options.balancing !== 'per-request' ? connection : seq;
  const pod = options.choose?.(choice) ?? pods[random.integer(pods.length)]!;
  const intendedAt = startedAt + (seq * 1000) / ratePerSecond;
  const sentAt = intendedAt + random.next() * 0.4;
  const operation: Operation = {
    seq,
    connection,
    intendedAt,
    startedAt: sentAt,
    endedAt: sentAt + 3 * Math.exp(0.4 * drawNormal(random)),
    outcome: 'ok',
    status: 201,
    pod: pod.pod,
    node: pod.node,
    error: '',
  };
  options.disturb?.(operation, pod);
  return operation;
}

/** As when the machine that it went to has no power: no answer, and nobody knows what became of it. */
export function timeOut(operation: Operation, timeoutMs = 2000): void {
  Object.assign(operation, { outcome: 'info', status: 0, pod: '', node: '', error: 'timeout' });
  operation.endedAt = operation.startedAt + timeoutMs;
}

/** The rows that a database without faults holds: every acknowledged log once. */
export function rowsOf(phases: PhaseHistory[]): AuditRows {
  const rows = new AuditRows();
  for (const { spec, operations } of phases.flatMap((phase) => phase.loads)) {
    for (const { outcome, seq, pod, node } of operations) {
      if (outcome === 'ok') rows.push({ loadIndex: spec.index, seq, pod, node, copies: 1 });
    }
  }
  return rows;
}

/** Readings before the first load and after the last one, which agree with the rows. */
export function countersOf(
  phases: PhaseHistory[],
  rows: AuditRows,
  goneAt = new Map<string, number>(),
): CounterReading[] {
  const loads = phases.flatMap((phase) => phase.loads);
  const end = Math.max(...loads.map((load) => load.endedAt)) + 10;
  const perPod = new Map<string, number>();
  for (const { pod } of rows) perPod.set(pod, (perPod.get(pod) ?? 0) + 1);
  const pods = new Map(
    phases.flatMap((phase) => [...phase.podsAtStart, ...phase.podsAtEnd]).map((pod) => [pod.pod, pod]),
  );
  return [...pods.values()].flatMap((pod) => {
    const stored = perPod.get(pod.pod) ?? 0;
    const last = goneAt.get(pod.pod);
    return [
      reading(pod, 0, 0),
      last === undefined ? reading(pod, end, stored) : reading(pod, last, Math.floor(stored / 2)),
    ];
  });
}

function reading({ pod, node, app }: PodPlacement, at: number, stored: number): CounterReading {
  return {
    at,
    pod,
    node,
    app,
    processStartSeconds: 1_790_000_000,
    requests: { 'POST /logs 201': stored, 'GET /readyz 200': Math.round(at / 1000) },
    stored,
    duplicates: 0,
  };
}

/** Everything of a run that is the same in all made-up ones. */
export function madeRun(name: string, phases: PhaseHistory[], parts: Partial<RunHistory> = {}): RunHistory {
  const rows = parts.audit?.rows ?? rowsOf(phases);
  return {
    scenario: {
      name,
      title: `Made-up run: ${name}`,
      question: 'What does the report of such a run look like?',
      theory: 'Each new connection is an independent choice among the ready pods.',
      text: `apiVersion: lab/v1\nname: ${name}\n`,
      sha256: 'a'.repeat(64),
    },
    run: {
      id: 'made-up-1',
      hash: '0123456789ab',
      seed: 1,
      startedAtIso: '2026-11-02T09:00:00.000Z',
      durationMs: duration(phases),
    },
    environment: {
      provider: 'embedded',
      kubernetesVersion: 'v1.35.0',
      nodes: ['cp', ...NODES].map((node) => ({
        name: node,
        role: node === 'cp' ? 'control-plane' : 'worker',
        cpu: '2',
        memory: '2Gi',
        kubeletVersion: 'v1.35.0',
        osImage: 'embedded',
      })),
      machine: { platform: 'linux x64', cpuModel: 'Example CPU', cpus: 2, memoryBytes: 8e9, nodeVersion: 'v22.23.2' },
      commit: '0123456789abcdef0123456789abcdef01234567',
      manifestsSha256: 'b'.repeat(64),
      timing: {
        nodeStatusUpdateFrequencySeconds: 1,
        nodeMonitorPeriodSeconds: 1,
        nodeMonitorGracePeriodSeconds: 8,
        tolerationSeconds: 5,
      },
    },
    phases,
    faults: [],
    events: [],
    counters: countersOf(phases, rows),
    audit: auditOf(rows),
    expectations: ['ledger.lost == 0', 'books.reconciled == true'],
    aborted: null,
    ...parts,
  };
}

function duration(phases: PhaseHistory[]): number {
  return Math.max(...phases.map((phase) => phase.endedAt)) + 100;
}

/** An audit that found these rows, and nobody else's. */
export function auditOf(rows: AuditRows): RunHistory['audit'] {
  let total = 0;
  for (const { copies } of rows) total += copies;
  return {
    rows,
    error: null,
    rollupTotalBefore: 100,
    rollupTotalAfter: 100 + total,
    rawTotalBefore: 100,
    rawTotalAfter: 100 + total,
  };
}
