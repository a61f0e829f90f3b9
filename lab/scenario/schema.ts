/** What a scenario file may say: one schema for the type, the check and the published JSON Schema. */
import { Type, type Static } from '@sinclair/typebox';
import { FAULT_SCHEMAS } from '../faults/schemas.ts';
import { DURATION, FIXED_DURATION } from './duration.ts';

const Strict = { additionalProperties: false };
const Name = Type.String({
  pattern: '^[a-z][a-z0-9-]*$',
  maxLength: 40,
  description: 'lower-case letters, digits and hyphens',
});
const FixedDuration = Type.String({
  pattern: `^${FIXED_DURATION}$`,
  description: 'a duration such as 500ms, 10s or 2m',
});
const Duration = Type.String({
  pattern: `^${DURATION}$`,
  description: 'a duration such as 500ms, 10s, 2m or detection + 10s',
});
const Replicas = Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 50 }));
const Environment = Type.Record(Type.String(), Type.Record(Type.String(), Type.String()));

/** The part of a Service's spec that a scenario may change, in Kubernetes' own words. */
const ServicePatch = Type.Object(
  {
    sessionAffinity: Type.Union([Type.Literal('None'), Type.Literal('ClientIP')]),
    sessionAffinityConfig: Type.Optional(
      Type.Object(
        { clientIP: Type.Object({ timeoutSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }) }, Strict) },
        Strict,
      ),
    ),
  },
  Strict,
);

const Generate = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'logs that log-generator makes and sends' }),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 50_000, description: 'logs per second' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    keepAlive: Type.Optional(Type.Boolean({ description: "instead of log-generator's own HTTP_KEEP_ALIVE" })),
  },
  { ...Strict, description: 'a run of log-generator, with nothing else beside it' },
);

const Load = Type.Object(
  {
    name: Type.Optional(Name),
    target: Type.String({
      pattern: '^(service|ingress)/[a-z0-9][a-z0-9-/]*$',
      description: 'service/NAME (balanced per connection) or ingress/PATH (balanced per request)',
    }),
    from: Type.Optional(
      Type.Literal('cluster', {
        description: 'the load is made by pods in the cluster, to the address that pods use; else by this machine',
      }),
    ),
    workers: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, description: 'pods that share the load (from: cluster)' }),
    ),
    path: Type.Optional(Type.String({ pattern: '^/', description: 'a path such as /logs' })),
    method: Type.Optional(Type.Union([Type.Literal('GET'), Type.Literal('POST')])),
    driver: Type.Union([Type.Literal('autocannon'), Type.Literal('constant-rate')], {
      description: 'autocannon: closed loop; constant-rate: open loop with intended start times',
    }),
    rate: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 50_000, description: 'requests per second (constant-rate)' }),
    ),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'connections in use at once' })),
    keepAlive: Type.Boolean({ description: 'false: a new connection for each request' }),
    requests: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 5_000_000, description: 'end after so many requests' }),
    ),
    duration: Type.Optional(Duration),
    timeout: Type.Optional(FixedDuration),
    maxInFlight: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20_000, description: 'arrivals beyond are dropped and counted' }),
    ),
  },
  Strict,
);

const Fault = Type.Object(
  { at: Type.Optional(Duration), ...FAULT_SCHEMAS },
  { ...Strict, description: 'one fault, and when in the phase it happens' },
);

const Phase = Type.Object(
  {
    name: Name,
    duration: Type.Optional(Duration),
    load: Type.Optional(Load),
    loads: Type.Optional(Type.Array(Load, { minItems: 1, maxItems: 8 })),
    generate: Type.Optional(Generate),
    faults: Type.Optional(Type.Array(Fault, { minItems: 1 })),
  },
  Strict,
);

export const ScenarioSchema = Type.Object(
  {
    apiVersion: Type.Literal('lab/v1'),
    name: Name,
    title: Type.String({ minLength: 1 }),
    question: Type.String({ minLength: 1, description: 'what the run is to answer' }),
    theory: Type.String({ minLength: 1, description: 'what theory predicts, in words' }),
    setup: Type.Optional(
      Type.Object(
        {
          scale: Type.Optional(Replicas),
          env: Type.Optional(Environment),
          service: Type.Optional(Type.Record(Type.String(), ServicePatch)),
        },
        { ...Strict, description: 'the state of the system under test before the first phase; undone afterwards' },
      ),
    ),
    phases: Type.Array(Phase, { minItems: 1 }),
    expect: Type.Array(Type.String(), { minItems: 1, description: 'METRIC OPERATOR VALUE' }),
  },
  { ...Strict, $id: 'scenario', title: 'Scenario' },
);

export type ScenarioFile = Static<typeof ScenarioSchema>;
export type LoadSection = Static<typeof Load>;
export type PhaseSection = Static<typeof Phase>;
export type GenerateSection = Static<typeof Generate>;
export type ServicePatch = Static<typeof ServicePatch>;
export type FaultSection = Static<typeof Fault>;
