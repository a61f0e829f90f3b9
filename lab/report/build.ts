/** From the raw record and its analysis to the model of the report. Pure. */
import { analyse, type Analysis, type LoadAnalysis, type PhaseAnalysis } from '../checks/analyse.ts';
import type { Distribution } from '../checks/distribution.ts';
import { judge } from '../checks/judge.ts';
import { isMissing } from '../checks/metric.ts';
import { type FaultAnalysis, STEPS } from '../checks/timeline.ts';
import type { LoadHistory, PhaseHistory, RunHistory } from '../history/history.ts';
import { answer } from './answer.ts';
import type {
  DistributionModel,
  FaultModel,
  LoadModel,
  MeasurementsModel,
  PhaseModel,
  RawFiles,
  ReportModel,
} from './model.ts';

/** `rawFiles` are those that the history was stored in. */
export function buildReport(
  history: RunHistory,
  rawFiles: RawFiles,
  analysis: Analysis = analyse(history),
): ReportModel {
  const { outcome, reasons, expectations } = judge(history, analysis);
  const model: ReportModel = {
    schemaVersion: 1,
    scenario: history.scenario,
    run: {
      id: history.run.id,
      hash: history.run.hash,
      seed: history.run.seed,
      startedAt: history.run.startedAtIso,
      durationSeconds: seconds(history.run.durationMs),
      aborted: history.aborted,
    },
    environment: history.environment,
    outcome,
    answer: '',
    reasons,
    expectations,
    phases: history.phases.map((phase, index) => phaseModel(phase, analysis.phases[index]!)),
    faults: analysis.phases.flatMap((phase) => phase.faults.map(faultModel)),
    ledger: analysis.ledger,
    books: analysis.books,
    series: analysis.series,
    metrics: Object.fromEntries([...analysis.metrics].map(([path, value]) => [path, isMissing(value) ? null : value])),
    rawFiles,
  };
  return { ...model, answer: answer(model) };
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function phaseModel(phase: PhaseHistory, analysis: PhaseAnalysis): PhaseModel {
  return {
    name: phase.name,
    startedAt: seconds(phase.startedAt),
    endedAt: seconds(phase.endedAt),
    podsAtStart: phase.podsAtStart,
    podsAtEnd: phase.podsAtEnd,
    loads: phase.loads.map((load, index) => loadModel(load, analysis.loads[index]!.analysis)),
    together: phase.loads.length > 1 && analysis.all ? measurements(analysis.all) : null,
    scale: analysis.scale,
    pipeline: analysis.pipeline,
  };
}

function loadModel(load: LoadHistory, analysis: LoadAnalysis): LoadModel {
  const { spec } = load;
  return {
    name: spec.name,
    target: load.target,
    app: load.app,
    balancing: load.balancing,
    driver: spec.driver,
    method: spec.method,
    path: spec.path,
    keepAlive: spec.keepAlive,
    connections: spec.connections,
    ratePerSecond: spec.ratePerSecond ?? null,
    timeoutMs: spec.timeoutMs,
    workers: (load.workers ?? []).map((worker) => ({
      ...worker,
      startedAt: worker.startedAt === null ? null : seconds(worker.startedAt),
    })),
    measured: measurements(analysis),
  };
}

function measurements(analysis: LoadAnalysis): MeasurementsModel {
  const { requests, latency, serviceTime, distribution } = analysis;
  return {
    requests,
    latency,
    serviceTime,
    distribution: distribution && {
      pods: distributionModel(distribution.pods),
      nodes: distributionModel(distribution.nodes),
    },
  };
}

function distributionModel(distribution: Distribution): DistributionModel {
  const { test, ...rest } = distribution;
  return {
    ...rest,
    test: test && {
      ...test.chiSquare,
      underDispersionP: test.underDispersionP,
      connections: test.pinning?.connections ?? 0,
      requestsPerConnection: test.pinning?.requestsPerConnection ?? 0,
      connectionsMoved: test.pinning?.moved ?? 0,
    },
  };
}

function faultModel({ fault, steps, recovery }: FaultAnalysis): FaultModel {
  const { firstErrorSeconds: _, ...recovered } = recovery;
  return {
    phase: fault.phase,
    kind: fault.kind,
    target: fault.target,
    selector: fault.selector,
    plannedAt: seconds(fault.plannedAt),
    startedAt: seconds(fault.startedAt),
    endedAt: seconds(fault.endedAt),
    healedAt: fault.healedAt === null ? null : seconds(fault.healedAt),
    evidence: fault.evidence.map(({ at, what }) => ({ at: seconds(at), what })),
    error: fault.error,
    timeline: steps.map(({ name, ...step }) => ({ step: STEPS[name], ...step })),
    recovery: recovered,
  };
}
