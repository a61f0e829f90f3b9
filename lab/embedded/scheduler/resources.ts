/** What pods ask for and what nodes have. CPU is counted in thousandths of a core, memory in bytes. */
import type { PodSpec } from 'kubernetes-types/core/v1.js';
import { parseMilliCpu, parseQuantity } from '../quantity.ts';

/** Resource name to amount. */
export type Resources = ReadonlyMap<string, number>;

type Quantities = Record<string, string | number>;

export function parseResources(quantities: Quantities = {}): Resources {
  return new Map(
    Object.entries(quantities).map(([name, quantity]) => [
      name,
      name === 'cpu' ? parseMilliCpu(quantity) : parseQuantity(quantity),
    ]),
  );
}

/**
 * What a node has to have for the pod. Init containers run one after another before the others, except those with
 * restartPolicy Always, which go on beside all that come after them; the pod's overhead comes on top.
 * Source: PodRequests in k8s.io/component-helpers/resource.
 */
export function podRequests(spec: PodSpec): Resources {
  let sidecars: Resources = new Map();
  let initPeak: Resources = new Map();
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const withSidecars = plus(sidecars, parseResources(resources?.requests));
    if (restartPolicy === 'Always') sidecars = withSidecars;
    initPeak = largest(initPeak, withSidecars);
  }
  const running = spec.containers.reduce<Resources>(
    (sum, { resources }) => plus(sum, parseResources(resources?.requests)),
    sidecars,
  );
  return plus(largest(running, initPeak), parseResources(spec.overhead));
}

export function plus(a: Resources, b: Resources): Resources {
  return combine(a, b, (left, right) => left + right);
}

function largest(a: Resources, b: Resources): Resources {
  return combine(a, b, Math.max);
}

function combine(a: Resources, b: Resources, operation: (a: number, b: number) => number): Resources {
  const names = new Set([...a.keys(), ...b.keys()]);
  return new Map([...names].map((name) => [name, operation(a.get(name) ?? 0, b.get(name) ?? 0)]));
}
