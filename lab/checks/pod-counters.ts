/** What the pods themselves counted during the run, from readings of their /metrics. */
import type { CounterReading, RunHistory } from '../history/history.ts';
import type { Traffic } from './traffic.ts';

export interface PodCount {
  pod: string;
  node: string;
  /** Answers with 2xx to the loads' requests. */
  answered: number;
  stored: number;
  duplicates: number;
  /** Set when the pod may have counted more than was read: it died, restarted, or was first read too late. */
  lowerBound: string | null;
}

/** Growth of the counters of the app's pods from before its first traffic on. */
export function countByPods(history: RunHistory, traffic: Traffic): PodCount[] {
  const { app } = traffic;
  const readings = history.counters.filter((reading) => reading.app === app);
  return [...Map.groupBy(readings, (reading) => reading.pod)].map(([pod, ofPod]) => {
    const lives = [...Map.groupBy(ofPod, (reading) => reading.processStartSeconds).values()];
    const wasThere = history.phases[0]!.podsAtStart.some((placement) => placement.pod === pod);
    const counts = lives.map((life, index) => growth(life, traffic, { bornInRun: index > 0 || !wasThere }));
    return {
      pod,
      node: ofPod[0]!.node,
      answered: counts.reduce((sum, count) => sum + count.answered, 0),
      stored: counts.reduce((sum, count) => sum + count.stored, 0),
      duplicates: counts.reduce((sum, count) => sum + count.duplicates, 0),
      lowerBound:
        lives.length > 1
          ? 'it restarted, and what the old process counted last is not known'
          : counts[0]!.late
            ? 'it was first read after the load had begun'
            : readToTheEnd(pod, ofPod.at(-1)!, traffic, history),
    };
  });
}

/**
 * One process: its last reading less the one before the loads, or less nothing if it was born during the run, which is
 * told from the pods and not from process start times, since the nodes' clocks may differ from ours.
 */
function growth(life: CounterReading[], traffic: Traffic, { bornInRun }: { bornInRun: boolean }) {
  const { startedAt } = traffic;
  const before = life.findLast((reading) => reading.at <= startedAt);
  const base = before ?? (bornInRun ? undefined : life[0]);
  const last = life.at(-1)!;
  return {
    answered: answers(last, traffic) - (base ? answers(base, traffic) : 0),
    stored: last.stored - (base?.stored ?? 0),
    duplicates: last.duplicates - (base?.duplicates ?? 0),
    late: !before && !bornInRun,
  };
}

function answers(reading: CounterReading, { routes }: Traffic): number {
  return Object.entries(reading.requests).reduce((sum, [key, count]) => {
    const [, route, status] = /^(.*) (\d+)$/.exec(key) ?? [];
    return route !== undefined && routes.has(route) && status!.startsWith('2') ? sum + count : sum;
  }, 0);
}

function readToTheEnd(pod: string, last: CounterReading, traffic: Traffic, history: RunHistory): string | null {
  const served = history.phases.filter((phase) =>
    [...phase.podsAtStart, ...phase.podsAtEnd].some((placement) => placement.pod === pod),
  );
  const until = Math.max(...served.map((phase) => traffic.endOf(phase)));
  return last.at >= until ? null : 'it was gone before its counters could be read a last time';
}
