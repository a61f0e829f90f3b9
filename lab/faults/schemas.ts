/** What each fault takes in a scenario file. */
import { Type, type Static } from '@sinclair/typebox';

const Strict = { additionalProperties: false };
const App = Type.String({ pattern: '^[a-z][a-z0-9-]*$', description: 'app.kubernetes.io/name of the pods' });

/** How a worker is chosen: by name, or by the app that has or has no pod on it. */
const NodeSelector = Type.Union(
  [
    Type.Object({ name: Type.String() }, { ...Strict, description: '{ name: w1 }' }),
    Type.Object({ 'worker-with': App }, { ...Strict, description: '{ worker-with: APP }' }),
    Type.Object({ 'worker-without': App }, { ...Strict, description: '{ worker-without: APP }' }),
  ],
  { description: 'a worker node' },
);

const PodSelector = Type.Object({ app: App }, { ...Strict, description: 'a random ready pod of the app' });

const Milliseconds = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
/** Longer, and the kubelet would take the pod for dead (three liveness checks in a row) and start it anew. */
const LONGEST_PAUSE_MS = 20_000;

const Pause = Type.Object({ app: App, forMs: Milliseconds(100, LONGEST_PAUSE_MS) }, Strict);
const Slow = Type.Object({ app: App, delayMs: Milliseconds(1, 60_000), forMs: Milliseconds(100, 600_000) }, Strict);

const Deployment = Type.Object({ deployment: App }, { ...Strict, description: 'a deployment' });
const Scale = Type.Object({ deployment: App, replicas: Type.Integer({ minimum: 0, maximum: 50 }) }, Strict);
const Variables = Type.Object(
  { deployment: App, env: Type.Record(Type.String(), Type.String(), { minProperties: 1 }) },
  Strict,
);

export const FAULT_SCHEMAS = {
  'stop-node': Type.Optional(NodeSelector),
  'start-node': Type.Optional(Type.Object({ stopped: Type.Literal(true) }, Strict)),
  drain: Type.Optional(NodeSelector),
  uncordon: Type.Optional(Type.Object({ cordoned: Type.Literal(true) }, Strict)),
  'delete-pod': Type.Optional(PodSelector),
  'kill-container': Type.Optional(PodSelector),
  'pause-pod': Type.Optional(Pause),
  'slow-pod': Type.Optional(Slow),
  'restart-deployment': Type.Optional(Deployment),
  scale: Type.Optional(Scale),
  'set-env': Type.Optional(Variables),
};

export type NodeSelection = Static<typeof NodeSelector>;
export type PodSelection = Static<typeof PodSelector>;
export type PauseOptions = Static<typeof Pause>;
export type SlowOptions = Static<typeof Slow>;
export type DeploymentSelection = Static<typeof Deployment>;
export type ScaleOptions = Static<typeof Scale>;
export type EnvironmentOptions = Static<typeof Variables>;
