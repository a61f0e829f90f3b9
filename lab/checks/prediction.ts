/** What the cluster's settings predict for the steps that follow a node's loss. Seconds after the fault. */
import type { Environment, LoadHistory } from '../history/history.ts';
import type { Interval } from '../statistics/proportion.ts';

export interface Prediction extends Interval {
  /** The formula, in words. */
  because: string;
}

export interface NodeLossPrediction {
  firstError: Prediction;
  notReady: Prediction | null;
  endpointsRemoved: Prediction | null;
  evicted: Prediction | null;
  rescheduled: Prediction | null;
  recovered: Prediction | null;
}

/** What an event needs to pass through the API and a watch, and what clocks of a second's resolution hide. */
const ALLOWANCE_SECONDS = 1;

/**
 * The last heartbeat is up to nodeStatusUpdateFrequency old when the power goes; the node controller looks every
 * nodeMonitorPeriod and marks a node that has been silent for nodeMonitorGracePeriod. Endpoints follow at once,
 * eviction after tolerationSeconds, replacements after that.
 * Source: Kubernetes documentation, "Nodes: Node status" and "Taints and Tolerations: Taint based Evictions".
 */
export function predictNodeLoss(timing: Environment['timing'], loads: LoadHistory[]): NodeLossPrediction {
  const notReady = predictNotReady(timing);
  const evicted =
    notReady && timing.tolerationSeconds !== null
      ? later(notReady, timing.tolerationSeconds, `NotReady + tolerationSeconds (${timing.tolerationSeconds} s)`)
      : null;
  const timeoutSeconds = Math.max(0, ...loads.map((load) => load.spec.timeoutMs / 1000));
  return {
    firstError: {
      low: 0,
      high: timeoutSeconds + ALLOWANCE_SECONDS,
      because: `the first request to the dead node times out (${timeoutSeconds} s)`,
    },
    notReady,
    endpointsRemoved: notReady && later(notReady, 0, 'at once after NotReady'),
    evicted,
    rescheduled: evicted && later(evicted, 0, 'at once after eviction'),
    recovered: notReady && {
      low: 0,
      high: notReady.high + ALLOWANCE_SECONDS + timeoutSeconds,
      because: `at the latest when the endpoints are gone and the last request to them timed out (${timeoutSeconds} s)`,
    },
  };
}

/** The longest time in which the cluster notices that a node is dead. */
export function detectionSeconds(timing: {
  nodeMonitorGracePeriodSeconds: number;
  nodeMonitorPeriodSeconds: number;
}): number {
  return timing.nodeMonitorGracePeriodSeconds + timing.nodeMonitorPeriodSeconds + ALLOWANCE_SECONDS;
}

/** Null when the cluster's timing is not known. */
export function predictNotReady(timing: Environment['timing']): Prediction | null {
  const grace = timing.nodeMonitorGracePeriodSeconds;
  const heartbeat = timing.nodeStatusUpdateFrequencySeconds;
  const period = timing.nodeMonitorPeriodSeconds;
  if (grace === null || heartbeat === null || period === null) return null;
  return {
    low: Math.max(0, grace - heartbeat),
    high: detectionSeconds({ nodeMonitorGracePeriodSeconds: grace, nodeMonitorPeriodSeconds: period }),
    because: `grace period (${grace} s), less up to one heartbeat (${heartbeat} s), plus up to one look (${period} s)`,
  };
}

function later(base: Prediction, seconds: number, because: string): Prediction {
  return { low: base.low + seconds, high: base.high + seconds + ALLOWANCE_SECONDS, because };
}
