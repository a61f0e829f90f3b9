/** Which part of an object a write to the object or to one of its subresources may change. */
import type { WriteOptions } from './client.ts';
import type { ResourceInfo } from './resources.ts';
import type { KubeObject } from './types.ts';

/**
 * `next` with everything that the write may not change as it is in `current`: a write to the object leaves its status,
 * and a write to the status leaves the rest (but for annotations and, except of Deployments, labels: controllers and
 * kubelets keep those up to date so).
 */
export function keepOtherHalf(
  info: ResourceInfo,
  current: KubeObject,
  next: KubeObject,
  subresource: WriteOptions['subresource'],
): KubeObject {
  if (!info.subresources.includes('status')) return next;
  if (subresource === 'status') {
    const { status: _, ...rest } = current;
    const { annotations, managedFields } = next.metadata;
    const { labels } = (info.plural === 'deployments' ? current : next).metadata;
    const { labels: __, annotations: ___, managedFields: ____, ...metadata } = current.metadata;
    return {
      ...rest,
      metadata: {
        ...metadata,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
        ...(managedFields && { managedFields }),
      },
      ...(next.status !== undefined && { status: next.status }),
    };
  }
  const { status: _, ...rest } = next;
  return current.status === undefined ? rest : { ...rest, status: current.status };
}
