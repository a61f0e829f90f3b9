/** Taints of nodes and tolerations of pods. */
import type { Taint, Toleration } from 'kubernetes-types/core/v1.js';

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

/** The first of `taints` that no toleration covers. */
export function untolerated(taints: Taint[], tolerations: Toleration[] = []): Taint | undefined {
  return taints.find((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
}

/** Seconds for which the pod may stay on a node with these taints: 0 not at all, Infinity for ever. */
export function toleratedSeconds(taints: Taint[], tolerations: Toleration[] = []): number {
  const seconds = taints.map((taint) => {
    const match = tolerations.find((toleration) => tolerates(toleration, taint));
    return match ? (match.tolerationSeconds ?? Infinity) : 0;
  });
  return Math.max(0, Math.min(Infinity, ...seconds));
}
