/** How throughput grew with the number of pods, against the first phase that loaded the same app. */
import type { PhaseHistory, RunHistory } from '../history/history.ts';
import { type Metric, missing, orMissing } from './metric.ts';
import { countRequests } from './requests.ts';
import { readyPods, scopeOf } from './scope.ts';

export interface Scale {
  /** Ready pods of the loaded app when the phase began. */
  pods: number;
  perSecond: number;
  perPodPerSecond: number | null;
  /** The phase that is compared with; null in that phase itself. */
  basePhase: string | null;
  /** Throughput over that of the base phase; null when the load is open-loop, since it then follows the offered rate. */
  speedup: number | null;
  /** Speed-up per pod: 1 when twice the pods give twice the throughput. */
  efficiency: number | null;
  /**
   * Experimentally determined serial fraction (A. H. Karp and H. P. Flatt, CACM 33(5), 1990): about constant when part
   * of the work is serial, growing when coordination is what costs.
   */
  serialFraction: number | null;
}

/** Null without a load, or with loads to different apps. */
export function measureScale(phase: PhaseHistory, history: RunHistory): Scale | null {
  const app = onlyApp(phase);
  if (app === undefined) return null;
  const base = history.phases.find((other) => onlyApp(other) === app)!;
  const here = capacity(phase, app);
  const there = base === phase ? here : capacity(base, app);
  const comparable = base !== phase && here.closedLoop && there.closedLoop && there.pods > 0 && there.perSecond > 0;
  const speedup = comparable ? here.perSecond / there.perSecond : null;
  const factor = here.pods / there.pods;
  return {
    pods: here.pods,
    perSecond: here.perSecond,
    perPodPerSecond: here.pods > 0 ? here.perSecond / here.pods : null,
    basePhase: base === phase ? null : base.name,
    speedup,
    efficiency: speedup === null ? null : speedup / factor,
    serialFraction: speedup === null || factor <= 1 ? null : (1 / speedup - 1 / factor) / (1 - 1 / factor),
  };
}

/** The app that all loads of the phase go to. */
function onlyApp({ loads }: PhaseHistory): string | undefined {
  const apps = new Set(loads.map((load) => load.app));
  return apps.size === 1 ? loads[0]!.app : undefined;
}

function capacity(phase: PhaseHistory, app: string) {
  const { ok, durationSeconds } = countRequests(scopeOf(phase.loads));
  return {
    pods: readyPods(phase, app).pods.size,
    perSecond: durationSeconds > 0 ? ok / durationSeconds : 0,
    closedLoop: phase.loads.every((load) => load.spec.driver === 'autocannon'),
  };
}

const NO_SCALE = missing('the phase has no load, or loads to different apps');

function ratio(name: 'speedup' | 'efficiency' | 'serialFraction', better: 'higher' | 'lower', meaning: string) {
  return {
    name: `scale.${name}`,
    unit: 'number',
    better,
    meaning,
    read: (scale) =>
      scale
        ? orMissing(scale[name], 'it takes an earlier phase with the same app, and closed loops in both')
        : NO_SCALE,
  } satisfies Metric<Scale | null>;
}

export const SCALE_METRICS: Metric<Scale | null>[] = [
  {
    name: 'scale.pods',
    unit: 'count',
    better: null,
    meaning: 'Ready pods of the loaded app when the phase began.',
    read: (scale) => scale?.pods ?? NO_SCALE,
  },
  {
    name: 'scale.perPodPerSecond',
    unit: 'perSecond',
    better: 'higher',
    meaning: 'Successful requests per second and pod.',
    read: (scale) => (scale ? orMissing(scale.perPodPerSecond, 'there was no ready pod') : NO_SCALE),
  },
  ratio('speedup', 'higher', 'Throughput over that of the first phase with the same app.'),
  ratio('efficiency', 'higher', 'Speed-up over the growth in pods: 1 is linear.'),
  ratio('serialFraction', 'lower', 'Karp-Flatt serial fraction: the part of the work that more pods do not speed up.'),
];
