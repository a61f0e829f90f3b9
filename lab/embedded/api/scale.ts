/** The scale subresource: a Deployment, ReplicaSet or StatefulSet seen as an autoscaling/v1 Scale. */
import type { Scale } from 'kubernetes-types/autoscaling/v1.js';
import { formatLabelSelector } from './selectors/labels.ts';
import { invalid } from './status-errors.ts';
import type { KubeObject } from './types.ts';

/** What GET .../scale answers. */
export function toScale(object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace: namespace!, uid, resourceVersion, creationTimestamp },
    // Without a zero, as Kubernetes sends it.
    spec: object.spec.replicas ? { replicas: object.spec.replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, selector: formatLabelSelector(object.spec.selector) },
  };
}

const SCALE = { plural: 'scales', kind: 'Scale', group: 'autoscaling' };

/** A copy of `object` with the scale's number of replicas. Throws 422 Invalid when that is negative. */
export function applyScale(object: KubeObject, scale: Scale): KubeObject {
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid(SCALE, object.metadata.name, [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message }]);
  }
  return { ...object, spec: { ...object.spec, replicas } };
}
