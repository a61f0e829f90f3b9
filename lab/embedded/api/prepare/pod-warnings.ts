/** What a pod's author may not have meant (pkg/api/pod/warnings.go of Kubernetes). */
import { parseQuantity } from '../../quantity.ts';
import type { KubeObject } from '../types.ts';

const BYTES = ['memory', 'ephemeral-storage'];

export function warnOfPod({ spec }: KubeObject, warn: (message: string) => void): void {
  for (const field of ['initContainers', 'containers']) {
    for (const [index, { resources = {} }] of (spec[field] ?? []).entries()) {
      warnOfFractions(resources, `spec.${field}[${index}].resources`, warn);
    }
  }
  for (const [index, { labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    if (labelSelector !== undefined) continue;
    const path = `spec.topologySpreadConstraints[${index}].labelSelector`;
    warn(`${path}: a null labelSelector results in matching no pod`);
  }
}

/** `100m` of memory is a tenth of a byte; whoever wrote it meant 100M. */
function warnOfFractions(resources: any, path: string, warn: (message: string) => void): void {
  for (const field of ['limits', 'requests']) {
    for (const resource of BYTES) {
      const quantity: string | undefined = resources[field]?.[resource];
      if (quantity === undefined || Number.isInteger(parseQuantity(quantity))) continue;
      warn(
        `${path}.${field}[${resource}]: fractional byte value ${JSON.stringify(quantity)} is invalid, must be an integer`,
      );
    }
  }
}
