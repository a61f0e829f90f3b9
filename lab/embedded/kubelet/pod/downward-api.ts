/** The downward API: what a pod may learn about itself. */
import type { Container, ObjectFieldSelector, Pod, ResourceFieldSelector } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { parseQuantity } from '../../quantity.ts';

/** What the object in the API does not (yet) say when a container starts. */
export interface PodFacts {
  pod: Stored<Pod>;
  podIP: string;
  hostIP: string;
  /** Stand in for limits that are not set. Quantities. */
  allocatable: { cpu: string; memory: string };
}

/** Throws Error for a path that the downward API does not have. */
export function fieldValue({ fieldPath }: ObjectFieldSelector, facts: PodFacts): string {
  const { metadata, spec } = facts.pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIP;
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** In units of the divisor, rounded up. A limit that is not set is the node's allocatable; a request that is not set is 0. */
export function resourceValue(selector: ResourceFieldSelector, container: Container, facts: PodFacts): string {
  const [kind, name] = selector.resource.split('.') as ['limits' | 'requests', string];
  const { limits, requests } = container.resources ?? {};
  const limit = limits?.[name] ?? facts.allocatable[name as 'cpu' | 'memory'];
  const quantity = kind === 'limits' ? limit : (requests?.[name] ?? '0');
  if (quantity === undefined) throw new Error(`unsupported resource: ${selector.resource}`);
  const divisor = parseQuantity(selector.divisor ?? '1') || 1;
  // toFixed: 0.3 / 0.1 is 2.9999999999999996 in one order of operations and 3.0000000000000004 in another.
  return String(Math.ceil(Number((parseQuantity(quantity) / divisor).toFixed(6))));
}

/** `key="value"` lines in the order of the keys. */
function formatMap(map: Record<string, string> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}
