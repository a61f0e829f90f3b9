/** Taints that say what is the matter with a node. */
import type { Node, Taint } from 'kubernetes-types/core/v1.js';
import { timestamp } from '../../api/metadata.ts';
import type { Stored } from '../../api/types.ts';
import { findCondition, isTrue } from '../shared/conditions.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

const PRESSURES: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};

const MANAGED = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...Object.values(PRESSURES)]);

/**
 * The node's taints as its conditions want them: those of other origin are kept, and those that stay keep their
 * timeAdded. `evict` allows NoExecute taints, which move pods that are there already.
 */
export function withConditionTaints(node: Stored<Node>, { evict }: { evict: boolean }): Taint[] {
  const before = node.spec?.taints ?? [];
  const wanted = wantedTaints(node, evict);
  const kept = before.filter((taint) => !MANAGED.has(taint.key) || wanted.some((other) => isSame(taint, other)));
  const added = wanted.filter((taint) => !before.some((other) => isSame(taint, other)));
  return [...kept, ...added];
}

function wantedTaints(node: Stored<Node>, evict: boolean): Taint[] {
  const { conditions } = node.status ?? {};
  const taints: Taint[] = [];
  const ready = findCondition(conditions, 'Ready')?.status;
  if (ready !== 'True') {
    const key = ready === 'Unknown' ? UNREACHABLE : NOT_READY;
    taints.push({ key, effect: 'NoSchedule' });
    // A node that never said anything is only just being set up.
    if (evict && ready !== undefined) taints.push({ key, effect: 'NoExecute', timeAdded: timestamp() });
  }
  for (const [condition, key] of Object.entries(PRESSURES)) {
    if (isTrue(conditions, condition)) taints.push({ key, effect: 'NoSchedule' });
  }
  if (node.spec?.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: timestamp() });
  return taints;
}

function isSame(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}
