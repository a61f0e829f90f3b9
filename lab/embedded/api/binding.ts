/** The binding subresource of pods: how the scheduler gives a pod its node. */
import { withCondition } from './conditions.ts';
import { conflict } from './status-errors.ts';
import type { KubeObject } from './types.ts';

/** The pod as bound to `nodeName`. Throws 409 Conflict when it cannot be bound any more. */
export function boundPod(pod: KubeObject, nodeName: string): KubeObject {
  const { name } = pod.metadata;
  const refuse = (cause: string): Error => conflict({ plural: 'pods/binding', kind: 'Pod', group: '' }, name, cause);
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if (pod.spec.schedulingGates?.length > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  return {
    ...pod,
    spec: { ...pod.spec, nodeName },
    status: {
      ...status,
      conditions: withCondition(status.conditions, {
        type: 'PodScheduled',
        status: 'True',
        ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      }),
    },
  };
}
