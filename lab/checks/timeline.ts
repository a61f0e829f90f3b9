/** What followed a fault, step by step, measured from the cluster's own events and the clients' requests. */
import type { ClusterEvent, FaultHistory, LoadHistory, RunHistory } from '../history/history.ts';
import type { Operations } from '../load/operations.ts';
import { type Prediction, predictNodeLoss } from './prediction.ts';
import { measureRecovery, type Recovery } from './recovery.ts';
import { allLoads } from './scope.ts';

export const STEPS = {
  firstError: 'first client error',
  nodeNotReady: 'node NotReady',
  endpointsRemoved: 'endpoints removed',
  evicted: 'pods evicted',
  rescheduled: 'replacements scheduled',
  podsReady: 'pods ready again',
  nodeReady: 'node Ready again',
  recovered: 'clients recovered',
} as const;

export type StepName = keyof typeof STEPS;

interface Step {
  name: StepName;
  /** After the fault; null when it was not seen. */
  seconds: number | null;
  predicted: Prediction | null;
  /** Null when there is nothing to compare. */
  asPredicted: boolean | null;
}

export interface FaultAnalysis {
  fault: FaultHistory;
  steps: Step[];
  recovery: Recovery;
}

/** Not faults of their own, but the end of an earlier one. */
export const REPAIRS: ReadonlySet<string> = new Set(['start-node', 'uncordon']);

/** What a repair can bring about; nobody asks for the first error after it. */
const STEPS_OF_REPAIR: ReadonlySet<StepName> = new Set(['podsReady', 'nodeReady', 'recovered']);

/** The fault is held to reach until the next one that is no repair, or to the end of the run. */
export function analyseFault(fault: FaultHistory, history: RunHistory): FaultAnalysis {
  const isRepair = REPAIRS.has(fault.kind);
  const later = history.faults.filter((other) => other.startedAt > fault.startedAt && !REPAIRS.has(other.kind));
  const next = later.map((other) => other.startedAt);
  const until = Math.min(history.run.durationMs, ...next);
  const loads = affectedLoads(fault, history);
  const recovery = measureRecovery(fault, loads, { isUndisturbed: outsideOfFaults(history), until });
  const events = history.events.filter((event) => event.at >= fault.startedAt && event.at < until);
  const seen = observe(fault, events, new Set(loads.map((load) => load.app)));
  const prediction = fault.kind === 'stop-node' ? predictNodeLoss(history.environment.timing, loads) : null;
  return {
    fault,
    recovery,
    steps: [
      step('firstError', recovery.firstErrorSeconds, prediction?.firstError),
      step('nodeNotReady', seen.nodeNotReady, prediction?.notReady),
      step('endpointsRemoved', seen.endpointsRemoved, prediction?.endpointsRemoved),
      step('evicted', seen.evicted, prediction?.evicted),
      step('rescheduled', seen.rescheduled, prediction?.rescheduled),
      step('podsReady', seen.podsReady, null),
      step('nodeReady', seen.nodeReady, null),
      step('recovered', recovery.seconds, prediction?.recovered),
    ].filter(({ name }) => !isRepair || STEPS_OF_REPAIR.has(name)),
  };
}

/** Whether a request tells how requests fare without a fault: a phase that has had one is no measure of that any more. */
function outsideOfFaults({ faults, phases }: RunHistory): (operations: Operations, index: number) => boolean {
  const disturbed = faults
    .filter(({ kind }) => !REPAIRS.has(kind))
    .map(({ phase, startedAt }) => ({ from: startedAt, to: phases.find(({ name }) => name === phase)!.endedAt }));
  return (operations, index) =>
    disturbed.every(({ from, to }) => operations.endedAt(index) < from || operations.intendedAt(index) > to);
}

/** Loads of the fault's phase, and later ones of the same apps, which show how it went on. */
function affectedLoads(fault: FaultHistory, history: RunHistory): LoadHistory[] {
  const phase = history.phases.find(({ name }) => name === fault.phase);
  const apps = new Set(phase?.loads.map((load) => load.app));
  return allLoads(history).filter((load) => apps.size === 0 || apps.has(load.app));
}

function step(name: StepName, seconds: number | null, predicted: Prediction | null | undefined): Step {
  const comparable = seconds !== null && predicted;
  return {
    name,
    seconds,
    predicted: predicted ?? null,
    asPredicted: comparable ? seconds >= predicted.low && seconds <= predicted.high : null,
  };
}

type Observed = Record<Exclude<StepName, 'firstError' | 'recovered'>, number | null>;

function observe(fault: FaultHistory, events: ClusterEvent[], apps: Set<string>): Observed {
  const hit = (event: ClusterEvent) => event.node === fault.target || event.name === fault.target;
  const ofApps = events.filter((event) => event.app === undefined || apps.size === 0 || apps.has(event.app));
  const pods = ofApps.filter(({ kind }) => kind === 'Pod');
  const endpoints = ofApps.filter((event) => event.kind === 'EndpointSlice' && hit(event));
  const evicted = firstPerName(pods.filter((event) => hit(event) && /^(terminating|deleted)$/.test(event.what)));
  const replacements = new Set(pods.filter(({ what }) => what === 'created').map(({ name }) => name));
  const ofReplacements = pods.filter((event) => replacements.has(event.name) && !hit(event));
  // Pods that come back on the node itself: a database whose volume is there has no other place.
  const comeBack = pods.filter(({ name, what }) => what === 'ready' && !replacements.has(name));
  const after = (at: number | undefined) => (at === undefined ? null : (at - fault.startedAt) / 1000);
  const node = (pattern: RegExp) =>
    events.find((event) => event.kind === 'Node' && event.name === fault.target && pattern.test(event.what))?.at;
  return {
    nodeNotReady: after(node(/^(not-ready|removed)$/)),
    endpointsRemoved: after(last(firstPerName(endpoints.filter(({ what }) => what !== 'endpoint-ready')))),
    evicted: after(last(evicted)),
    rescheduled: after(last(firstPerName(ofReplacements.filter(({ what }) => what === 'scheduled')))),
    podsReady: after(last(firstPerName([...ofReplacements.filter(({ what }) => what === 'ready'), ...comeBack]))),
    nodeReady: after(node(/^ready$/)),
  };
}

/** When the thing first happened to each; a step is done when it has happened to all. */
function firstPerName(events: ClusterEvent[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { name, at } of events) if (!first.has(name)) first.set(name, at);
  return first;
}

function last(times: Map<string, number>): number | undefined {
  return times.size === 0 ? undefined : Math.max(...times.values());
}
