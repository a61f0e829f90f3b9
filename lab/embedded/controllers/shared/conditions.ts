/** Status conditions: a list with at most one entry of each type. */
import { timestamp } from '../../api/metadata.ts';

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** The list with `next` in it. lastTransitionTime moves only when the status does. */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, next: C): C[] {
  const current = findCondition(conditions, next.type);
  const lastTransitionTime =
    current?.status === next.status && current.lastTransitionTime ? current.lastTransitionTime : timestamp();
  const entry = { ...next, lastTransitionTime };
  return current
    ? conditions!.map((condition) => (condition.type === next.type ? entry : condition))
    : [...(conditions ?? []), entry];
}

export function withoutCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
