/** Dynamic provisioning of volumes of class local-path: a directory, on one node. */
import type { PersistentVolume } from 'kubernetes-types/core/v1.js';
import type { StorageClass } from 'kubernetes-types/storage/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import type { EmbeddedSettings } from '../../settings.ts';
import { recordEvent } from '../events.ts';
import { createVolumeDirectory, recordedNode, volumePath } from './local-path.ts';
import type { ClaimName } from './local-path.ts';
import { LOCAL_PATH_CLASS, LOCAL_PATH_PROVISIONER, PROVISIONED_BY, SELECTED_NODE } from './names.ts';
import type { StoredClaim, StoredVolume } from './names.ts';

const COMPONENT = LOCAL_PATH_PROVISIONER;

/** The cluster's default class, as the manifest of local-path-provisioner has it. */
export function ensureStorageClass(client: ApiClient): void {
  if (client.find('storageclasses', undefined, LOCAL_PATH_CLASS)) return;
  client.create('storageclasses', {
    metadata: {
      name: LOCAL_PATH_CLASS,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: LOCAL_PATH_PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
}

/**
 * The node that the claim's volume has to be on: where its data is from an earlier life of the cluster, or else where the
 * scheduler wants to put the first pod that uses it. Undefined: not decided yet.
 */
export function nodeFor(settings: EmbeddedSettings, claim: StoredClaim): string | undefined {
  const recorded = recordedNode(settings.directory, nameOf(claim));
  // A node that the cluster no longer has cannot hold its data back: the directory is this machine's.
  const exists = settings.nodes.some(({ name }) => name === recorded);
  return exists ? recorded : claim.metadata.annotations?.[SELECTED_NODE];
}

/** Makes a volume for the claim. Undefined, with an event that says why, when that cannot be done (now). */
export function provision(
  client: ApiClient,
  settings: EmbeddedSettings,
  claim: StoredClaim,
  storageClass: Stored<StorageClass>,
): StoredVolume | undefined {
  const fail = (reason: string): undefined => {
    const message = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${reason}`;
    recordEvent(client, claim, 'Warning', 'ProvisioningFailed', message, COMPONENT);
    return undefined;
  };
  const node = nodeFor(settings, claim);
  if (node === undefined) return fail('configuration error, no node was specified');
  if (claim.spec!.accessModes?.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod')) {
    return fail('NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes');
  }
  // The data of a claim of the same name may still be on its way out. The end of its volume wakes this claim.
  if (isBeingReclaimed(client, volumePath(settings.directory, nameOf(claim)), claim)) return undefined;
  const { namespace, name } = claim.metadata;
  const started = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
  recordEvent(client, claim, 'Normal', 'Provisioning', started, COMPONENT);
  const path = createVolumeDirectory(settings.directory, nameOf(claim), node);
  const volume = client.create('persistentvolumes', newVolume(claim, storageClass, node, path));
  const done = `Successfully provisioned volume ${volume.metadata.name}`;
  recordEvent(client, claim, 'Normal', 'ProvisioningSucceeded', done, COMPONENT);
  return volume;
}

function isBeingReclaimed(client: ApiClient, path: string, claim: StoredClaim): boolean {
  return client
    .list('persistentvolumes')
    .some(
      ({ spec }) =>
        spec?.hostPath?.path === path &&
        spec.persistentVolumeReclaimPolicy === 'Delete' &&
        spec.claimRef?.uid !== claim.metadata.uid,
    );
}

function newVolume(
  claim: StoredClaim,
  { metadata, reclaimPolicy = 'Delete' }: Stored<StorageClass>,
  node: string,
  path: string,
): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const { accessModes = [], resources, volumeMode = 'Filesystem' } = claim.spec!;
  return {
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [PROVISIONED_BY]: LOCAL_PATH_PROVISIONER },
    },
    spec: {
      accessModes,
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: namespace!,
        name,
        uid,
        resourceVersion,
      },
      hostPath: { path, type: 'DirectoryOrCreate' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name,
      volumeMode,
    },
  };
}

function nameOf(claim: StoredClaim): ClaimName {
  return { namespace: claim.metadata.namespace!, name: claim.metadata.name };
}
