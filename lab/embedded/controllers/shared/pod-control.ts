/** Creating and deleting pods in the name of their controller, with the events that tell of it. */
import type { Pod, PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { isReason } from '../../api/errors.ts';
import type { KubeObject } from '../../api/types.ts';
import { recordEvent } from '../events.ts';
import { controllerReference } from './owners.ts';
import type { StoredPod } from './pods.ts';

/** A pod made from a template, named after its owner with a random ending. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    metadata: {
      namespace: owner.metadata.namespace!,
      generateName: `${owner.metadata.name}-`,
      ownerReferences: [controllerReference(owner)],
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
    },
    spec: template.spec!,
  };
}

/** Throws what the API throws, after recording it as an event of the owner. */
export function createPod(client: ApiClient, owner: KubeObject, pod: Pod, component: string): StoredPod {
  try {
    const created = client.create('pods', pod);
    recordEvent(client, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`, component);
    return created;
  } catch (error) {
    recordEvent(client, owner, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`, component);
    throw error;
  }
}

/** A pod that is gone already is as good as deleted; other errors are recorded and thrown. */
export function deletePod(client: ApiClient, owner: KubeObject, pod: StoredPod, component: string): void {
  const { namespace, name, uid } = pod.metadata;
  try {
    client.delete('pods', namespace, name, { preconditions: { uid } });
    recordEvent(client, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`, component);
  } catch (error) {
    if (isReason(error, 'NotFound')) return;
    recordEvent(client, owner, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`, component);
    throw error;
  }
}
