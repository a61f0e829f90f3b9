/** PersistentVolume: what becomes of a volume when its claim is gone. */
import type { ApiClient } from '../../api/client.ts';
import { isReason } from '../../api/errors.ts';
import type { EmbeddedSettings } from '../../settings.ts';
import { recordEvent } from '../events.ts';
import { watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { removeFinalizer, updateStatus } from '../shared/write.ts';
import { deleteVolumeDirectory } from './local-path.ts';
import { LOCAL_PATH_PROVISIONER, PROVISIONED_BY, VOLUME_PROTECTION } from './names.ts';
import type { StoredVolume } from './names.ts';

const COMPONENT = 'persistentvolume-controller';

export function volumeController(client: ApiClient, settings: EmbeddedSettings): Controller {
  return {
    name: 'persistentvolume',
    watches: [
      watch('persistentvolumes', ({ metadata }) => [metadata.name]),
      watch('persistentvolumeclaims', ({ spec }) => (spec?.volumeName ? [spec.volumeName] : [])),
    ],
    async reconcile(name) {
      const volume = client.find('persistentvolumes', undefined, name);
      if (!volume) return undefined;
      if (!isReleased(client, volume)) {
        if (!volume.spec?.claimRef) setPhase(client, volume, 'Available');
        else if (!volume.spec.claimRef.uid) setPhase(client, volume, 'Available');
      } else {
        setPhase(client, volume, 'Released');
        await reclaim(client, settings, volume);
      }
      unprotect(client, name);
      return undefined;
    },
  };
}

/** Whether the claim that the volume was bound to is gone. */
function isReleased(client: ApiClient, volume: StoredVolume): boolean {
  const { claimRef } = volume.spec ?? {};
  if (!claimRef?.uid) return false;
  return client.find('persistentvolumeclaims', claimRef.namespace, claimRef.name!)?.metadata.uid !== claimRef.uid;
}

/** Retain leaves volume and data to the administrator. Delete is done by whoever made the volume. */
async function reclaim(client: ApiClient, settings: EmbeddedSettings, volume: StoredVolume): Promise<void> {
  const { name, uid, annotations } = volume.metadata;
  const { persistentVolumeReclaimPolicy, claimRef } = volume.spec!;
  if (persistentVolumeReclaimPolicy !== 'Delete' || annotations?.[PROVISIONED_BY] !== LOCAL_PATH_PROVISIONER) return;
  try {
    // Where the data is follows from the claim's name: a path that somebody wrote into the volume is not trusted.
    await deleteVolumeDirectory(settings.directory, { namespace: claimRef!.namespace!, name: claimRef!.name! });
  } catch (error) {
    setPhase(client, volume, 'Failed');
    recordEvent(client, volume, 'Warning', 'VolumeFailedDelete', (error as Error).message, COMPONENT);
    throw error;
  }
  try {
    client.delete('persistentvolumes', undefined, name, { preconditions: { uid } });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

function setPhase(client: ApiClient, volume: StoredVolume, phase: string): void {
  updateStatus(client, 'persistentvolumes', volume, { ...volume.status, phase });
}

/** A volume that is deleted while a claim is bound to it waits for the end of the claim. */
function unprotect(client: ApiClient, name: string): void {
  const volume = client.find('persistentvolumes', undefined, name);
  const { deletionTimestamp, finalizers = [] } = volume?.metadata ?? {};
  if (!volume || deletionTimestamp === undefined || !finalizers.includes(VOLUME_PROTECTION)) return;
  if (!volume.spec?.claimRef?.uid || isReleased(client, volume)) {
    removeFinalizer(client, 'persistentvolumes', volume, VOLUME_PROTECTION);
  }
}
