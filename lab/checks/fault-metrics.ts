/** The metrics of a phase's faults. With several faults in a phase, recovery is the longest and steps are the first fault's. */
import { type Metric, missing, type Missing, type MetricValue } from './metric.ts';
import { type FaultAnalysis, type StepName, STEPS } from './timeline.ts';

const NO_FAULT = missing('the phase has no fault');

function stepMetric(name: StepName): Metric<FaultAnalysis[]> {
  return {
    name: `timeline.${name}Seconds`,
    unit: 'seconds',
    better: 'lower',
    meaning: `From the phase's first fault to: ${STEPS[name]}.`,
    read: ([first]) => {
      if (!first) return NO_FAULT;
      return first.steps.find((step) => step.name === name)?.seconds ?? missing(`it was not seen: ${STEPS[name]}`);
    },
  };
}

function longestRecovery(faults: FaultAnalysis[]): MetricValue | Missing {
  const open = faults.find(({ recovery }) => recovery.seconds === null);
  if (open) return { missing: open.recovery.words, atLeast: open.recovery.atLeastSeconds };
  return faults.length === 0 ? NO_FAULT : Math.max(...faults.map(({ recovery }) => recovery.seconds!));
}

export const FAULT_METRICS: Metric<FaultAnalysis[]>[] = [
  {
    name: 'recovery.seconds',
    unit: 'seconds',
    better: 'lower',
    meaning: 'From the fault until no more requests failed or were slow because of it.',
    read: longestRecovery,
  },
  {
    name: 'recovery.disturbedRequests',
    unit: 'count',
    better: 'lower',
    meaning: 'Requests that failed or were slow because of the fault.',
    read: (faults) =>
      faults.length === 0 ? NO_FAULT : faults.reduce((sum, { recovery }) => sum + recovery.disturbedRequests, 0),
  },
  {
    name: 'recovery.lastErrorSeconds',
    unit: 'seconds',
    better: 'lower',
    meaning:
      "From the phase's first fault to the end of the last request that did not succeed because of it; 0 when all did.",
    read: ([first]) => first?.recovery.lastErrorSeconds ?? NO_FAULT,
  },
  ...(Object.keys(STEPS) as StepName[]).filter((name) => name !== 'recovered').map(stepMetric),
];
