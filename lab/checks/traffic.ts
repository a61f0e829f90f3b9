/** Everything that a run sent to one app: the harness's own loads, and what log-generator sent. */
import type { GenerationHistory, LoadHistory, PhaseHistory, RunHistory } from '../history/history.ts';
import { allLoads } from './scope.ts';

export interface Traffic {
  app: string;
  loads: LoadHistory[];
  generations: GenerationHistory[];
  /** `POST /logs`: what the pods count. */
  routes: ReadonlySet<string>;
  /** When the first of it began, milliseconds since the run's start. */
  startedAt: number;
  /** When the last of it in the phase ended; -Infinity when the phase had none. */
  endOf(phase: PhaseHistory): number;
}

const GENERATOR_ROUTE = 'POST /logs';

/** One for each app that was sent something. */
export function trafficByApp(history: RunHistory): Traffic[] {
  const loads = allLoads(history);
  const generations = history.phases.flatMap((phase) => phase.generation ?? []);
  const apps = new Set([...loads, ...generations].map(({ app }) => app));
  return [...apps].map((app) => trafficTo(app, loads, generations));
}

function trafficTo(app: string, allOfLoads: LoadHistory[], allOfGenerations: GenerationHistory[]): Traffic {
  const loads = allOfLoads.filter((load) => load.app === app);
  const generations = allOfGenerations.filter((generation) => generation.app === app);
  const routes = loads.map(({ spec }) => `${spec.method} ${spec.path.split('?')[0]}`);
  return {
    app,
    loads,
    generations,
    routes: new Set(generations.length > 0 ? [...routes, GENERATOR_ROUTE] : routes),
    startedAt: Math.min(...[...loads, ...generations].map(({ startedAt }) => startedAt)),
    endOf: (phase) => {
      const parts = [...phase.loads, ...(phase.generation ? [phase.generation] : [])];
      return Math.max(...parts.filter((part) => part.app === app).map(({ endedAt }) => endedAt));
    },
  };
}
