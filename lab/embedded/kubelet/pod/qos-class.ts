/** Quality of service: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/. */
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import { parseQuantity } from '../../quantity.ts';

const RESOURCES = ['cpu', 'memory'] as const;

export function qosClass(spec: PodSpec | undefined): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  if (containers.every(asksForNothing)) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForNothing({ resources }: Container): boolean {
  return RESOURCES.every((name) => isZero(resources?.requests?.[name]) && isZero(resources?.limits?.[name]));
}

/** A request that is not given is the limit. */
function isGuaranteed({ resources }: Container): boolean {
  return RESOURCES.every((name) => {
    const limit = resources?.limits?.[name];
    const request = resources?.requests?.[name] ?? limit;
    return !isZero(limit) && parseQuantity(request!) === parseQuantity(limit!);
  });
}

function isZero(quantity: string | undefined): boolean {
  return quantity === undefined || parseQuantity(quantity) === 0;
}
