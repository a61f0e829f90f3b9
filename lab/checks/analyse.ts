/** From the raw record of a run to what it shows: every checker once, and every metric under its dotted path. */
import type { LoadHistory, PhaseHistory, RunHistory } from '../history/history.ts';
import { type Books, compareBooks } from './books.ts';
import { type MetricTable, readMetrics } from './catalogue.ts';
import { type Distributions, measureDistributions } from './distribution.ts';
import { keepLedger, type Ledger } from './ledger.ts';
import { type Latency, measureLatency } from './latency.ts';
import { measurePipeline, type Pipeline } from './pipeline.ts';
import { countRequests, type Requests } from './requests.ts';
import { measureScale, type Scale } from './scale.ts';
import { allLoads, scopeOf } from './scope.ts';
import { overTime, type Series } from './series.ts';
import { analyseFault, type FaultAnalysis } from './timeline.ts';

export interface Measurements {
  requests: Requests | null;
  latency: Latency | null;
  serviceTime: Latency | null;
}

export interface LoadAnalysis extends Measurements {
  distribution: Distributions | null;
}

export interface PhaseAnalysis {
  name: string;
  /** All loads of the phase together; null without any. */
  all: LoadAnalysis | null;
  loads: { name: string; analysis: LoadAnalysis }[];
  faults: FaultAnalysis[];
  scale: Scale | null;
  /** Null unless the phase ran log-generator. */
  pipeline: Pipeline | null;
}

/** A checker that threw: what it would have said is unknown. */
interface Crash {
  checker: string;
  message: string;
}

export interface Analysis {
  phases: PhaseAnalysis[];
  overall: Measurements | null;
  ledger: Ledger | null;
  books: Books | null;
  series: Series | null;
  crashes: Crash[];
  /** Every metric by its path, such as `steady.latency.p99Ms`. */
  metrics: MetricTable;
}

/** Pure: the same history gives the same analysis. Never throws: a checker that crashes is named in `crashes`. */
export function analyse(history: RunHistory): Analysis {
  const crashes: Crash[] = [];
  const run = guarded(crashes);
  const phases = history.phases.map((phase) => analysePhase(phase, history, run));
  const loads = allLoads(history);
  const only = phases.length === 1 ? phases[0]!.all : null;
  const ledger = run('ledger', () => keepLedger(loads, history.audit));
  const found = {
    phases,
    overall: loads.length === 0 ? null : (only ?? measure(loads, 'overall', run)),
    ledger,
    books: run('books', () => compareBooks(history, ledger)),
    series: run('series', () => overTime(history)),
  };
  return { ...found, crashes, metrics: readMetrics(found) };
}

type Guard = <Found>(checker: string, check: () => Found) => Found | null;

function guarded(crashes: Crash[]): Guard {
  return (checker, check) => {
    try {
      return check();
    } catch (error) {
      crashes.push({ checker, message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  };
}

function analysePhase(phase: PhaseHistory, history: RunHistory, run: Guard): PhaseAnalysis {
  const { name } = phase;
  const faults = history.faults.filter((fault) => fault.phase === name);
  const loads = phase.loads.map((load) => ({
    name: load.spec.name,
    analysis: analyseLoads([load], phase, `${name}.${load.spec.name}`, run),
  }));
  return {
    name,
    all:
      loads.length === 1 ? loads[0]!.analysis : loads.length === 0 ? null : analyseLoads(phase.loads, phase, name, run),
    loads,
    faults: run(`${name}.timeline`, () => faults.map((fault) => analyseFault(fault, history))) ?? [],
    scale: run(`${name}.scale`, () => measureScale(phase, history)),
    pipeline: run(`${name}.pipeline`, () => measurePipeline(phase, history)),
  };
}

function analyseLoads(loads: LoadHistory[], phase: PhaseHistory, label: string, run: Guard): LoadAnalysis {
  return {
    ...measure(loads, label, run),
    distribution: run(`${label}.distribution`, () => measureDistributions(loads, phase)),
  };
}

function measure(loads: LoadHistory[], label: string, run: Guard): Measurements {
  const scope = scopeOf(loads);
  return {
    requests: run(`${label}.requests`, () => countRequests(scope)),
    latency: run(`${label}.latency`, () => measureLatency(scope, 'responseTime')),
    serviceTime: run(`${label}.serviceTime`, () => measureLatency(scope, 'serviceTime')),
  };
}
