/** Conditions of a status, of which there is one per type. */
import { timestamp } from './metadata.ts';

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastProbeTime?: string;
  observedGeneration?: number | undefined;
}

/** `conditions` with this one set; its lastTransitionTime is kept when its status stays the same. */
export function withCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  const others = conditions ?? [];
  const index = others.findIndex(({ type }) => type === condition.type);
  const before = others[index];
  const changed = before?.status !== condition.status;
  const next = { ...condition, lastTransitionTime: changed ? timestamp() : (before.lastTransitionTime ?? timestamp()) };
  return index < 0 ? [...others, next] : others.with(index, next);
}
