/** The raw record of one run: what was done and what was observed, before anybody judges it. Types only. */
import type { LoadSpec, WorkerRecord } from '../load/load.ts';
import type { Operations } from '../load/operations.ts';
import type { AuditRows } from './audit-rows.ts';

/** All `at`, `startedAt`, `endedAt` numbers are milliseconds since the run's start. */
export interface RunHistory {
  scenario: { name: string; title: string; question: string; theory: string; text: string; sha256: string };
  run: { id: string; hash: string; seed: number; startedAtIso: string; durationMs: number };
  environment: Environment;
  phases: PhaseHistory[];
  faults: FaultHistory[];
  events: ClusterEvent[];
  /** Readings of the pods' own counters, in order of time: at least one before and one after each load. */
  counters: CounterReading[];
  audit: DatabaseAudit;
  /** `METRIC OPERATOR VALUE`, as the scenario states them. */
  expectations: string[];
  /** Why the run ended before its time, if it did (a signal, a lost cluster). */
  aborted: string | null;
}

export interface Environment {
  provider: string;
  kubernetesVersion: string;
  nodes: { name: string; role: string; cpu: string; memory: string; kubeletVersion: string; osImage: string }[];
  /** The machine that ran the harness. */
  machine: { platform: string; cpuModel: string; cpus: number; memoryBytes: number; nodeVersion: string };
  /** The project's commit, with `-dirty` when the tree had changes; null outside a checkout. */
  commit: string | null;
  manifestsSha256: string;
  /** Timing values of the cluster that predictions use, in seconds; null where the provider does not know them. */
  timing: {
    nodeStatusUpdateFrequencySeconds: number | null;
    nodeMonitorPeriodSeconds: number | null;
    nodeMonitorGracePeriodSeconds: number | null;
    /** As the pods under test declare it. */
    tolerationSeconds: number | null;
    /** Where the cluster's values come from; runs of an earlier version do not say. */
    source?: string;
  };
}

export interface PodPlacement {
  pod: string;
  node: string;
  app: string;
  ready: boolean;
}

export interface PhaseHistory {
  name: string;
  startedAt: number;
  endedAt: number;
  loads: LoadHistory[];
  /** A run of log-generator, which had the phase to itself. */
  generation?: GenerationHistory;
  /** Pods of the system under test when the phase began and ended. */
  podsAtStart: PodPlacement[];
  podsAtEnd: PodPlacement[];
}

export type Balancing = 'per-connection' | 'per-request' | 'none';

export interface LoadHistory {
  spec: LoadSpec;
  /** As the scenario names it: `service/log-processor`, `ingress/stats-display`. */
  target: string;
  /** The app whose pods answer. */
  app: string;
  /** What is the independent choice: a Service balances connections, an ingress requests, a port-forward nothing. */
  balancing: Balancing;
  startedAt: number;
  endedAt: number;
  operations: Operations;
  dropped: number;
  connectionsOpened: number;
  /** The pods that shared the load; absent where the harness itself was the client. */
  workers?: WorkerRecord[];
}

/** A run of log-generator, and what the others say of it. Logs are counted by growth: nothing else may write meanwhile. */
export interface GenerationHistory {
  request: { count: number; rate?: number; seed: number; keepAlive?: boolean };
  /** The app that stores what is generated. */
  app: string;
  startedAt: number;
  endedAt: number;
  /** Null when log-generator did not answer; `error` then says why. */
  answer: GeneratorAnswer | null;
  error: string | null;
  /** New rows in the database by the pod that stored them; null when it could not be read. */
  rowsByPod: Record<string, number> | null;
  /** Growth of the total that stats-display shows; null when it could not be read. */
  displayed: number | null;
}

/** What POST /generate answers: sent = acknowledged + failed + indeterminate. */
export interface GeneratorAnswer {
  sent: number;
  acknowledged: number;
  duplicates: number;
  failed: number;
  indeterminate: number;
  /** Attempts beyond the first. */
  retried: number;
  byPod: Record<string, number>;
  byNode: Record<string, number>;
  durationMs: number;
}

export interface FaultHistory {
  phase: string;
  /** E.g. `stop-node`. */
  kind: string;
  /** What it was done to: a node's or a pod's name. */
  target: string;
  /** The scenario's own words, e.g. `worker-without: postgres`. */
  selector: string;
  plannedAt: number;
  startedAt: number;
  endedAt: number;
  healedAt: number | null;
  /** Observations that show that the fault took effect; empty means that there is no evidence. */
  evidence: { at: number; what: string }[];
  error: string | null;
}

/** What the API's watches reported, reduced to transitions. */
export interface ClusterEvent {
  at: number;
  kind: 'Node' | 'Pod' | 'EndpointSlice' | 'Deployment' | 'Event' | 'Harness';
  name: string;
  /**
   * Node: ready | not-ready | added | removed | unschedulable | schedulable. Pod: created | scheduled | started | ready |
   * not-ready | terminating | deleted | restarted | failed. EndpointSlice: endpoint-ready | endpoint-not-ready | endpoint-removed.
   * Event: the reason. Harness: what the harness did.
   */
  what: string;
  /** For pods and endpoints: the pod's app label and its node. */
  app?: string;
  node?: string;
  detail?: string;
}

export interface CounterReading {
  at: number;
  pod: string;
  node: string;
  app: string;
  /** Start of the process, from process_start_time_seconds: a new value means that the counters began anew. */
  processStartSeconds: number;
  /** Requests answered by method, route and status: `POST /logs 201` to count. */
  requests: Record<string, number>;
  /** Logs newly stored, and logs seen again. */
  stored: number;
  duplicates: number;
}

export interface DatabaseAudit {
  /** Null when the database could not be read; `error` then says why. */
  rows: AuditRows | null;
  error: string | null;
  /** Sum of the per-minute roll-ups over the run's logs, and the count of raw rows, read in one snapshot before and after the run. */
  rollupTotalBefore: number | null;
  rollupTotalAfter: number | null;
  rawTotalBefore: number | null;
  rawTotalAfter: number | null;
}
