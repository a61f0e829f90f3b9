/** The part of a run that a metric is about: one load, all loads of a phase, or the whole run. */
import type { LoadHistory, PhaseHistory, RunHistory } from '../history/history.ts';

export interface Scope {
  loads: LoadHistory[];
  /** Milliseconds since the run's start: from the first load's start to the last load's end. */
  startedAt: number;
  endedAt: number;
}

export function scopeOf(loads: LoadHistory[]): Scope {
  return {
    loads,
    startedAt: Math.min(...loads.map((load) => load.startedAt)),
    endedAt: Math.max(...loads.map((load) => load.endedAt)),
  };
}

export function allLoads(history: RunHistory): LoadHistory[] {
  return history.phases.flatMap((phase) => phase.loads);
}

/** Ready pods of the app when the phase began, and whether the same ones were ready when it ended. */
export function readyPods(phase: PhaseHistory, app: string): { pods: Map<string, string>; stable: boolean } {
  const at = (placements: PhaseHistory['podsAtStart']) =>
    new Map(placements.filter((pod) => pod.app === app && pod.ready).map(({ pod, node }) => [pod, node]));
  const pods = at(phase.podsAtStart);
  const end = at(phase.podsAtEnd);
  return { pods, stable: pods.size === end.size && [...pods.keys()].every((pod) => end.has(pod)) };
}
