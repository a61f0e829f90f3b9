/** Binding: a claim and a volume that name each other. */
import type { ApiClient } from '../../api/client.ts';
import { updateStatus } from '../shared/write.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from './names.ts';
import type { StoredClaim, StoredVolume } from './names.ts';

/** Completes what is missing on either side. */
export function bind(client: ApiClient, claim: StoredClaim, volume: StoredVolume): void {
  const bound = bindVolume(client, claim, volume);
  updateStatus(client, 'persistentvolumes', bound, { ...bound.status, phase: 'Bound' });
  bindClaim(client, claim, bound);
  updateStatus(client, 'persistentvolumeclaims', claim, {
    ...claim.status,
    phase: 'Bound',
    ...(bound.spec?.accessModes && { accessModes: bound.spec.accessModes }),
    ...(bound.spec?.capacity && { capacity: bound.spec.capacity }),
  });
}

function bindVolume(client: ApiClient, claim: StoredClaim, volume: StoredVolume): StoredVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  if (volume.spec?.claimRef?.uid === uid) return volume;
  const chosenHere = volume.spec?.claimRef === undefined;
  const body = {
    metadata: { ...(chosenHere && { annotations: { [BOUND_BY_CONTROLLER]: 'yes' } }) },
    spec: { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion } },
  };
  return client.patch('persistentvolumes', undefined, volume.metadata.name, { type: 'merge', body });
}

function bindClaim(client: ApiClient, claim: StoredClaim, volume: StoredVolume): void {
  const chosenHere = claim.spec?.volumeName === undefined;
  const annotations = {
    ...claim.metadata.annotations,
    ...(chosenHere && { [BOUND_BY_CONTROLLER]: 'yes' }),
    [BIND_COMPLETED]: 'yes',
  };
  client.update('persistentvolumeclaims', {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  });
}
