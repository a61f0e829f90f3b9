/** A fault: what a scenario does to the system under test, and how that is undone. Interface only. */
import type { Cluster } from '../cluster/cluster.ts';
import type { FaultHistory } from '../history/history.ts';
import type { NodePower } from '../providers/provider.ts';

export interface FaultContext {
  cluster: Cluster;
  /** Undefined when the provider cannot cut power. */
  nodePower: NodePower | undefined;
  /** The run's seeded randomness: a number in [0, 1). */
  random: () => number;
  signal: AbortSignal;
  /** The run's faults up to now, oldest first: what a repair finds to repair. */
  earlier: readonly FaultHistory[];
}

/** A fault that has been given its targets: what was chosen is known before it is done. */
export interface PlannedFault {
  /** Name of the node, pod or deployment. */
  target: string;
  inject(): Promise<void>;
  /** Looks for what shows that the fault took effect; undefined while there is nothing to see. */
  evidence(): Promise<string | undefined>;
  /** Puts back what was; null where there is nothing to put back, since the cluster heals by itself. */
  heal: (() => Promise<void>) | null;
  /** The earlier fault that this one puts an end to. */
  repairs?: FaultHistory;
}

export interface Fault<Options> {
  readonly kind: string;
  /** Chooses the target. Throws UnsupportedFault, or LabError when nothing fits the selector. */
  plan(options: Options, context: FaultContext): Promise<PlannedFault>;
  /** The selector in the scenario's own words. */
  describe(options: Options): string;
}

/** The latest fault of that kind that still is in place. Throws UnsupportedFault when there is none. */
export function openFault(kind: string, earlier: readonly FaultHistory[]): FaultHistory {
  const open = earlier.findLast((fault) => fault.kind === kind && fault.error === null && fault.healedAt === null);
  if (open === undefined) throw new UnsupportedFault(`there is no ${kind} to put an end to`);
  return open;
}

/** This cluster cannot do the fault: the run is unknown, never passed. */
export class UnsupportedFault extends Error {
  override readonly name = 'UnsupportedFault';
}
