/** Reads the pods' counters again and again while faults are about: a pod that dies then leaves a late reading behind. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { CounterReading } from '../history/history.ts';
import type { RunClock } from './clock.ts';
import { readablePods, readPod } from './counters.ts';

const PERIOD_MS = 1000;

export interface CounterFollower {
  /** Ends it and the readings that are still under way. */
  stop(): CounterReading[];
}

export function followCounters(cluster: Cluster, apps: readonly string[], clock: RunClock): CounterFollower {
  const readings: CounterReading[] = [];
  const underWay = new Set<string>();
  const stopped = new AbortController();
  const readOnce = async (): Promise<void> => {
    for (const pod of await readablePods(cluster, apps)) {
      const { name } = pod.metadata;
      // One that hangs must not collect a second question.
      if (underWay.has(name)) continue;
      underWay.add(name);
      void readPod(cluster, pod, clock, stopped.signal).then((reading) => {
        underWay.delete(name);
        if (reading !== undefined && !stopped.signal.aborted) readings.push(reading);
      });
    }
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      // A cluster that does not answer now is asked again: a gap only makes a lower bound lower.
      await readOnce().catch(() => undefined);
      await delay(PERIOD_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  void follow();
  return {
    stop: () => {
      stopped.abort();
      return readings;
    },
  };
}
