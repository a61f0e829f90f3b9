/** Every metric there is: read from an analysis, or listed for a scenario that has not been run. */
import type { Analysis, LoadAnalysis, Measurements, PhaseAnalysis } from './analyse.ts';
import type { RunHistory } from '../history/history.ts';
import { BOOK_METRICS } from './books.ts';
import { DISTRIBUTION_METRICS } from './distribution-metrics.ts';
import { FAULT_METRICS } from './fault-metrics.ts';
import { RESPONSE_TIME_METRICS, SERVICE_TIME_METRICS } from './latency.ts';
import { LEDGER_METRICS } from './ledger.ts';
import { type Metric, missing, type Missing, type MetricValue } from './metric.ts';
import { PIPELINE_METRICS } from './pipeline.ts';
import { REQUEST_METRICS } from './requests.ts';
import { SCALE_METRICS } from './scale.ts';

export type MetricTable = Map<string, MetricValue | Missing>;

/** What a scenario says about its phases, enough to know its metrics. */
export interface PhaseOutline {
  name: string;
  loads: string[];
}

type Definition = Omit<Metric<never>, 'read'>;

const NO_LOAD = missing('there was no load to measure');

/** The same metric, read from a larger finding that may lack the part it is about. */
function within<Outer, Inner>(metrics: Metric<Inner>[], part: (outer: Outer) => Inner | null): Metric<Outer>[] {
  return metrics.map((metric) => ({
    ...metric,
    read: (outer) => {
      const inner = part(outer);
      return inner === null ? NO_LOAD : metric.read(inner);
    },
  }));
}

const MEASUREMENT_METRICS: Metric<Measurements | null>[] = [
  ...within(REQUEST_METRICS, (found: Measurements | null) => found?.requests ?? null),
  ...within(RESPONSE_TIME_METRICS, (found: Measurements | null) => found?.latency ?? null),
  ...within(SERVICE_TIME_METRICS, (found: Measurements | null) => found?.serviceTime ?? null),
];

const LOAD_METRICS: Metric<LoadAnalysis | null>[] = [
  ...MEASUREMENT_METRICS,
  ...DISTRIBUTION_METRICS.map((metric) => ({
    ...metric,
    read: (found: LoadAnalysis | null) => metric.read(found?.distribution ?? null),
  })),
];

const PHASE_METRICS: Metric<PhaseAnalysis>[] = [
  ...LOAD_METRICS.map((metric) => ({ ...metric, read: (phase: PhaseAnalysis) => metric.read(phase.all) })),
  ...FAULT_METRICS.map((metric) => ({ ...metric, read: (phase: PhaseAnalysis) => metric.read(phase.faults) })),
  ...SCALE_METRICS.map((metric) => ({ ...metric, read: (phase: PhaseAnalysis) => metric.read(phase.scale) })),
  ...PIPELINE_METRICS.map((metric) => ({ ...metric, read: (phase: PhaseAnalysis) => metric.read(phase.pipeline) })),
];

/** Reads every metric of a run. */
export function readMetrics(found: Omit<Analysis, 'metrics' | 'crashes'>): MetricTable {
  const table: MetricTable = new Map();
  const add = <Source>(prefix: string, metrics: Metric<Source>[], source: Source) => {
    for (const metric of metrics) table.set(`${prefix}${metric.name}`, metric.read(source));
  };
  for (const phase of found.phases) {
    add(`${phase.name}.`, PHASE_METRICS, phase);
    for (const load of phase.loads) add(`${phase.name}.${load.name}.`, LOAD_METRICS, load.analysis);
  }
  add('overall.', MEASUREMENT_METRICS, found.overall);
  add('', LEDGER_METRICS, found.ledger);
  add('', BOOK_METRICS, found.books);
  return table;
}

/** The definitions of all metrics that a scenario with these phases has, by path. */
export function metricDefinitions(phases: PhaseOutline[]): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  const add = (prefix: string, metrics: Definition[]) => {
    for (const metric of metrics) definitions.set(`${prefix}${metric.name}`, metric);
  };
  for (const phase of phases) {
    add(`${phase.name}.`, PHASE_METRICS);
    for (const load of phase.loads) add(`${phase.name}.${load}.`, LOAD_METRICS);
  }
  add('overall.', MEASUREMENT_METRICS);
  add('', LEDGER_METRICS);
  add('', BOOK_METRICS);
  return definitions;
}

/** The paths of all metrics that a scenario with these phases has. */
export function knownMetrics(phases: PhaseOutline[]): string[] {
  return [...metricDefinitions(phases).keys()];
}

export function outlineOf(history: RunHistory): PhaseOutline[] {
  return history.phases.map(({ name, loads }) => ({ name, loads: loads.map((load) => load.spec.name) }));
}
