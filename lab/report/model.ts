/** What report.json holds: the type and the JSON Schema in one. Times are in seconds since the run's start unless named. */
import { type Static, type TSchema, Type } from '@sinclair/typebox';

const Strict = { additionalProperties: false };
const object = <Fields extends Record<string, TSchema>>(fields: Fields) => Type.Object(fields, Strict);
const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const counts = Type.Record(Type.String(), Type.Integer({ minimum: 0 }));
const count = Type.Integer({ minimum: 0 });
const share = Type.Number({ minimum: 0, maximum: 1 });
const interval = object({ low: Type.Number(), high: Type.Number() });
const value = nullable(Type.Union([Type.Number(), Type.String(), Type.Boolean()]));
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const OutcomeSchema = Type.Union([Type.Literal('pass'), Type.Literal('fail'), Type.Literal('unknown')]);
const verdict = Type.Union(
  (['round-robin', 'random', 'pinned', 'skewed', 'too-few'] as const).map((word) => Type.Literal(word)),
);

const Requests = object({
  total: count,
  ok: count,
  failed: count,
  indeterminate: count,
  dropped: count,
  connectionsOpened: count,
  byStatus: counts,
  byError: counts,
  durationSeconds: Type.Number(),
});

const Latency = object({
  samples: count,
  minMs: Type.Number(),
  meanMs: Type.Number(),
  maxMs: Type.Number(),
  percentiles: Type.Array(
    object({
      name: Type.String(),
      probability: share,
      valueMs: Type.Number(),
      interval: nullable(interval),
    }),
  ),
});

const Distribution = object({
  over: Type.Union([Type.Literal('pods'), Type.Literal('nodes')]),
  unit: Type.Union([Type.Literal('connection'), Type.Literal('request')]),
  choices: count,
  unattributed: count,
  requests: count,
  shares: Type.Array(
    object({
      name: Type.String(),
      node: nullable(Type.String()),
      choices: count,
      requests: count,
      share,
      interval,
      expectedShare: share,
      expected: interval,
    }),
  ),
  jain: Type.Number(),
  maxOverMean: Type.Number(),
  coefficientOfVariation: Type.Number(),
  totalVariation: Type.Number(),
  verdict: nullable(verdict),
  untested: nullable(Type.String()),
  test: nullable(
    object({
      statistic: Type.Number(),
      degreesOfFreedom: count,
      upperP: share,
      lowerP: share,
      method: Type.Union([Type.Literal('exact'), Type.Literal('chi-square'), Type.Literal('simulated')]),
      underDispersionP: share,
      connections: count,
      requestsPerConnection: Type.Number(),
      connectionsMoved: count,
    }),
  ),
  theory: nullable(
    object({
      equalBins: nullable(
        object({
          expectedMaxShare: share,
          maxShareBound: share,
          expectedEmpty: Type.Number(),
          method: Type.Union([Type.Literal('exact'), Type.Literal('asymptotic')]),
        }),
      ),
      detectableSkew: nullable(Type.Number()),
      words: Type.String(),
    }),
  ),
});

const Measurements = object({
  requests: nullable(Requests),
  latency: nullable(Latency),
  serviceTime: nullable(Latency),
  distribution: nullable(object({ pods: Distribution, nodes: Distribution })),
});

const Worker = object({
  pod: Type.String(),
  node: Type.String(),
  clock: object({ offsetMs: Type.Number(), uncertaintyMs: Type.Number() }),
  startedAt: nullable(Type.Number()),
  made: count,
  recorded: count,
  error: nullable(Type.String()),
});

const Load = object({
  name: Type.String(),
  target: Type.String(),
  app: Type.String(),
  balancing: Type.Union([Type.Literal('per-connection'), Type.Literal('per-request'), Type.Literal('none')]),
  driver: Type.Union([Type.Literal('autocannon'), Type.Literal('constant-rate')]),
  method: Type.String(),
  path: Type.String(),
  keepAlive: Type.Boolean(),
  connections: count,
  ratePerSecond: nullable(Type.Number()),
  timeoutMs: Type.Number(),
  /** The pods that shared the load; empty where the harness itself was the client. */
  workers: Type.Array(Worker),
  measured: Measurements,
});

const Placement = object({ pod: Type.String(), node: Type.String(), app: Type.String(), ready: Type.Boolean() });

const Phase = object({
  name: Type.String(),
  startedAt: Type.Number(),
  endedAt: Type.Number(),
  podsAtStart: Type.Array(Placement),
  podsAtEnd: Type.Array(Placement),
  loads: Type.Array(Load),
  /** All loads together; null unless there are several. */
  together: nullable(Measurements),
  scale: nullable(
    object({
      pods: count,
      perSecond: Type.Number(),
      perPodPerSecond: nullable(Type.Number()),
      basePhase: nullable(Type.String()),
      speedup: nullable(Type.Number()),
      efficiency: nullable(Type.Number()),
      serialFraction: nullable(Type.Number()),
    }),
  ),
  /** A run of log-generator; null when the phase had none. */
  pipeline: nullable(
    object({
      error: nullable(Type.String()),
      keepAlive: nullable(Type.Boolean()),
      sent: count,
      acknowledged: count,
      duplicates: count,
      failed: count,
      indeterminate: count,
      retried: count,
      counted: nullable(Type.Integer()),
      rows: nullable(Type.Integer()),
      displayed: nullable(Type.Integer()),
      agree: nullable(Type.Boolean()),
      pods: Type.Array(object({ pod: Type.String(), logs: count })),
      maxOverMean: nullable(Type.Number()),
      pValue: nullable(share),
    }),
  ),
});

const Fault = object({
  phase: Type.String(),
  kind: Type.String(),
  target: Type.String(),
  selector: Type.String(),
  plannedAt: Type.Number(),
  startedAt: Type.Number(),
  endedAt: Type.Number(),
  healedAt: nullable(Type.Number()),
  evidence: Type.Array(object({ at: Type.Number(), what: Type.String() })),
  error: nullable(Type.String()),
  /** Seconds after the fault. */
  timeline: Type.Array(
    object({
      step: Type.String(),
      seconds: nullable(Type.Number()),
      predicted: nullable(object({ low: Type.Number(), high: Type.Number(), because: Type.String() })),
      asPredicted: nullable(Type.Boolean()),
    }),
  ),
  recovery: object({
    seconds: nullable(Type.Number()),
    atLeastSeconds: Type.Number(),
    lastErrorSeconds: Type.Number(),
    disturbedRequests: count,
    slowAboveMs: nullable(Type.Number()),
    words: Type.String(),
  }),
});

const Ledger = object({
  acknowledged: count,
  stored: count,
  lost: count,
  duplicated: count,
  indeterminate: count,
  indeterminateStored: count,
  refused: count,
  refusedStored: count,
  unexpected: count,
  silentWorkers: Type.Array(Type.String()),
  unrecorded: count,
  lostByPod: counts,
  examples: object({
    lost: Type.Array(Type.String()),
    duplicated: Type.Array(Type.String()),
    unexpected: Type.Array(Type.String()),
  }),
});

const Books = object({
  reconciled: nullable(Type.Boolean()),
  indeterminate: count,
  differences: Type.Array(Type.String()),
  notes: Type.Array(Type.String()),
  pods: Type.Array(
    object({
      app: Type.String(),
      pod: Type.String(),
      node: Type.String(),
      client: count,
      counted: nullable(Type.Integer()),
      storedCounted: nullable(Type.Integer()),
      rows: nullable(count),
      lowerBound: nullable(Type.String()),
      agrees: Type.Boolean(),
    }),
  ),
});

const seconds = nullable(Type.Number());
const Environment = object({
  provider: Type.String(),
  kubernetesVersion: Type.String(),
  nodes: Type.Array(
    object({
      name: Type.String(),
      role: Type.String(),
      cpu: Type.String(),
      memory: Type.String(),
      kubeletVersion: Type.String(),
      osImage: Type.String(),
    }),
  ),
  machine: object({
    platform: Type.String(),
    cpuModel: Type.String(),
    cpus: count,
    memoryBytes: Type.Number(),
    nodeVersion: Type.String(),
  }),
  commit: nullable(Type.String()),
  manifestsSha256: Type.String(),
  timing: object({
    nodeStatusUpdateFrequencySeconds: seconds,
    nodeMonitorPeriodSeconds: seconds,
    nodeMonitorGracePeriodSeconds: seconds,
    tolerationSeconds: seconds,
    source: Type.Optional(Type.String({ description: 'where the values come from' })),
  }),
});

export const ReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    scenario: object({
      name: Type.String(),
      title: Type.String(),
      question: Type.String(),
      theory: Type.String(),
      text: Type.String(),
      sha256: Type.String(),
    }),
    run: object({
      id: Type.String(),
      hash: Type.String(),
      seed: Type.Integer(),
      startedAt: Type.String({ description: 'RFC 3339' }),
      durationSeconds: Type.Number(),
      aborted: nullable(Type.String()),
    }),
    environment: Environment,
    outcome: OutcomeSchema,
    answer: Type.String({ description: 'what the run says to the question, in a sentence or two' }),
    reasons: Type.Array(Type.String(), { description: 'why the outcome is no pass' }),
    expectations: Type.Array(
      object({
        text: Type.String(),
        metric: Type.String(),
        unit: Type.String(),
        measured: value,
        outcome: OutcomeSchema,
        reason: nullable(Type.String()),
      }),
    ),
    phases: Type.Array(Phase),
    faults: Type.Array(Fault),
    ledger: nullable(Ledger),
    books: nullable(Books),
    series: nullable(
      object({
        stepSeconds: Type.Number(),
        points: Type.Array(
          object({
            atSeconds: Type.Number(),
            okPerSecond: Type.Number(),
            failedPerSecond: Type.Number(),
            indeterminatePerSecond: Type.Number(),
            p50Ms: nullable(Type.Number()),
            p99Ms: nullable(Type.Number()),
          }),
        ),
      }),
    ),
    metrics: Type.Record(Type.String(), value, { description: 'every metric by its path; null where it has no value' }),
    rawFiles: Type.Record(Type.String(), object({ sha256, bytes: count }), {
      description: 'the files that everything above was computed from',
    }),
  },
  { ...Strict, $id: 'report', title: 'Report of a run', $schema: 'http://json-schema.org/draft-07/schema#' },
);

export type ReportModel = Static<typeof ReportSchema>;
export type PhaseModel = Static<typeof Phase>;
export type LoadModel = Static<typeof Load>;
export type MeasurementsModel = Static<typeof Measurements>;
export type PipelineModel = NonNullable<PhaseModel['pipeline']>;
export type LatencyModel = Static<typeof Latency>;
export type DistributionModel = Static<typeof Distribution>;
export type FaultModel = Static<typeof Fault>;
export type LedgerModel = Static<typeof Ledger>;
export type BooksModel = Static<typeof Books>;
export type SeriesModel = NonNullable<ReportModel['series']>;
export type RawFiles = ReportModel['rawFiles'];
