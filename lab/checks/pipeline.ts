/** A run of log-generator seen from all four sides: its own answer, the pods' counters, the database, and stats-display. */
import type { GenerationHistory, PhaseHistory, RunHistory } from '../history/history.ts';
import { chiSquareTest } from '../statistics/chi-square.ts';
import { maxOverMean } from '../statistics/spread.ts';
import { type Metric, missing, orMissing } from './metric.ts';
import { readyPods } from './scope.ts';

export interface Pipeline {
  /** Why log-generator gave no answer; null when it did. */
  error: string | null;
  keepAlive: boolean | null;
  sent: number;
  /** Logs that log-generator was told are stored, known ones included. */
  acknowledged: number;
  duplicates: number;
  failed: number;
  indeterminate: number;
  retried: number;
  /** Logs that log-processor's pods counted as newly stored; null when a pod's counters could not be read. */
  counted: number | null;
  /** New rows in the database, and growth of the total that stats-display shows. */
  rows: number | null;
  displayed: number | null;
  /** Whether all four counts are equal; null when one is missing. */
  agree: boolean | null;
  /** Acknowledged logs by pod, of all pods that were ready. */
  pods: { pod: string; logs: number }[];
  maxOverMean: number | null;
  /** Chi-square against equal shares, as if each log were a choice of its own: small when chance does not explain them. */
  pValue: number | null;
}

/** Null when the phase did not run log-generator. */
export function measurePipeline(phase: PhaseHistory, history: RunHistory): Pipeline | null {
  const { generation } = phase;
  if (!generation) return null;
  const { answer, error, rowsByPod, displayed } = generation;
  const counts = {
    acknowledged: answer?.acknowledged ?? 0,
    duplicates: answer?.duplicates ?? 0,
    counted: countStored(phase, generation, history),
    rows: rowsByPod && Object.values(rowsByPod).reduce((sum, rows) => sum + rows, 0),
    displayed,
  };
  const pods = [...readyPods(phase, generation.app).pods.keys()].map((pod) => ({ pod, logs: answer?.byPod[pod] ?? 0 }));
  const logs = pods.map((entry) => entry.logs);
  const testable = pods.length > 1 && logs.some((count) => count > 0);
  return {
    error,
    keepAlive: generation.request.keepAlive ?? null,
    sent: answer?.sent ?? 0,
    failed: answer?.failed ?? 0,
    indeterminate: answer?.indeterminate ?? 0,
    retried: answer?.retried ?? 0,
    ...counts,
    agree: answer && allEqual(counts.acknowledged - counts.duplicates, [counts.counted, counts.rows, displayed]),
    pods,
    maxOverMean: testable ? maxOverMean(logs) : null,
    pValue: testable ? chiSquareTest(logs).upperP : null,
  };
}

function allEqual(stored: number, others: (number | null)[]): boolean | null {
  if (others.includes(null)) return null;
  return others.every((count) => count === stored);
}

/**
 * Growth from the last reading before to the first one after, over all pods; null when one of these is missing. A phase ends
 * with a reading: later ones belong to others, which may have been served by pods that this one did not have.
 */
function countStored(
  phase: PhaseHistory,
  { app, startedAt, endedAt }: GenerationHistory,
  history: RunHistory,
): number | null {
  const until = history.phases[history.phases.indexOf(phase) + 1]?.startedAt ?? Infinity;
  const readings = history.counters.filter((reading) => reading.app === app && reading.at <= until);
  let total = 0;
  for (const ofPod of Map.groupBy(readings, (reading) => `${reading.pod} ${reading.processStartSeconds}`).values()) {
    const before = ofPod.findLast((reading) => reading.at <= startedAt);
    const after = ofPod.find((reading) => reading.at >= endedAt);
    if (before && !after) return null;
    // A process that began meanwhile began at nothing.
    if (after && (before || after.at === ofPod[0]!.at)) total += after.stored - (before?.stored ?? 0);
  }
  return readings.length === 0 ? null : total;
}

const NO_RUN = missing('the phase does not run log-generator');

type Count = 'sent' | 'acknowledged' | 'duplicates' | 'failed' | 'indeterminate' | 'retried';

function count(name: Count, better: 'lower' | null, meaning: string): Metric<Pipeline | null> {
  return {
    name: `pipeline.${name}`,
    unit: 'count',
    better,
    meaning,
    read: (pipeline) =>
      pipeline ? orMissing(pipeline.error === null ? pipeline[name] : null, pipeline.error!) : NO_RUN,
  };
}

function other(name: 'counted' | 'rows' | 'displayed', meaning: string): Metric<Pipeline | null> {
  return {
    name: `pipeline.${name}`,
    unit: 'count',
    better: null,
    meaning,
    read: (pipeline) => (pipeline ? orMissing(pipeline[name], 'it could not be read') : NO_RUN),
  };
}

export const PIPELINE_METRICS: Metric<Pipeline | null>[] = [
  count('sent', null, 'Logs that log-generator sent.'),
  count('acknowledged', null, 'Logs that log-generator was told are stored.'),
  count('duplicates', null, 'Of these, logs that had been stored before.'),
  count('failed', 'lower', 'Logs that log-generator was told are not stored.'),
  count('indeterminate', 'lower', 'Logs of which log-generator does not know.'),
  count('retried', 'lower', 'Attempts beyond the first.'),
  other('counted', "Logs that log-processor's pods counted as newly stored."),
  other('rows', 'New rows in the database.'),
  other('displayed', 'Growth of the total that stats-display shows.'),
  {
    name: 'pipeline.agree',
    unit: 'boolean',
    better: 'higher',
    meaning: 'Whether newly acknowledged, counted, rows and displayed are all equal.',
    read: (pipeline) => (pipeline ? orMissing(pipeline.agree, 'one of the four counts is missing') : NO_RUN),
  },
  {
    name: 'pipeline.served',
    unit: 'count',
    better: null,
    meaning: 'Pods that acknowledged at least one log.',
    read: (pipeline) => pipeline?.pods.filter(({ logs }) => logs > 0).length ?? NO_RUN,
  },
  {
    name: 'pipeline.maxOverMean',
    unit: 'number',
    better: 'lower',
    meaning: 'Acknowledged logs of the busiest pod over the mean: 1 is even.',
    read: (pipeline) => (pipeline ? orMissing(pipeline.maxOverMean, 'there are not two pods to compare') : NO_RUN),
  },
  {
    name: 'pipeline.pValue',
    unit: 'ratio',
    better: null,
    meaning: 'Probability of counts at least as uneven, if each log were a choice of its own.',
    read: (pipeline) => (pipeline ? orMissing(pipeline.pValue, 'there are not two pods to compare') : NO_RUN),
  },
];
