/** PersistentVolumeClaim: finds or makes a volume for each claim, and binds the two. */
import type { StorageClass } from 'kubernetes-types/storage/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import type { EmbeddedSettings } from '../../settings.ts';
import { recordEvent } from '../events.ts';
import type { EventType } from '../events.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { patchMetadata, updateStatus } from '../shared/write.ts';
import { bind } from './binding.ts';
import { findVolume } from './matching.ts';
import { isBound, isReservedFor } from './names.ts';
import { LOCAL_PATH_PROVISIONER, SELECTED_NODE, STORAGE_PROVISIONER } from './names.ts';
import type { StoredClaim } from './names.ts';
import { nodeFor, provision } from './provisioning.ts';

const COMPONENT = 'persistentvolume-controller';
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

type StoredClass = Stored<StorageClass>;

export function claimController(client: ApiClient, settings: EmbeddedSettings): Controller {
  const pending = (): string[] =>
    client
      .list('persistentvolumeclaims')
      .filter((claim) => !isBound(claim))
      .map(keyOf);
  return {
    name: 'persistentvolumeclaim',
    watches: [
      watch('persistentvolumeclaims', (claim) => [keyOf(claim)]),
      // A free volume may suit any claim that waits.
      watch('persistentvolumes', ({ spec }) =>
        spec?.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : pending(),
      ),
      watch('storageclasses', pending),
    ],
    reconcile(key) {
      const claim = client.find('persistentvolumeclaims', ...splitKey(key));
      if (!claim || claim.metadata.deletionTimestamp !== undefined) return undefined;
      const classed = withClass(client, claim);
      if (classed.spec?.volumeName) bindNamed(client, classed, classed.spec.volumeName);
      else bindAny(client, settings, classed);
      return undefined;
    },
  };
}

/** Gives the default class to a claim that names none and was made before there was one. */
function withClass(client: ApiClient, claim: StoredClaim): StoredClaim {
  const { storageClassName, volumeName } = claim.spec!;
  const fallback = defaultClass(client)?.metadata.name;
  if (storageClassName !== undefined || volumeName || fallback === undefined) return claim;
  const { namespace, name } = claim.metadata;
  const body = { spec: { storageClassName: fallback } };
  return client.patch('persistentvolumeclaims', namespace, name, { type: 'merge', body });
}

/** Of several default classes the newest. */
function defaultClass(client: ApiClient): StoredClass | undefined {
  return client
    .list('storageclasses')
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort((a, b) => (a.metadata.creationTimestamp > b.metadata.creationTimestamp ? -1 : 1))[0];
}

function bindNamed(client: ApiClient, claim: StoredClaim, volumeName: string): void {
  const volume = client.find('persistentvolumes', undefined, volumeName);
  if (volume && (!volume.spec?.claimRef || isReservedFor(volume, claim))) {
    bind(client, claim, volume);
  } else if (isBound(claim)) {
    lose(client, claim, volume !== undefined);
  } else {
    const message = `volume "${volumeName}" already bound to a different claim.`;
    if (volume) tell(client, claim, 'Warning', 'FailedBinding', message);
    setPhase(client, claim, 'Pending');
  }
}

function lose(client: ApiClient, claim: StoredClaim, misbound: boolean): void {
  if (claim.status?.phase === 'Lost') return;
  setPhase(client, claim, 'Lost');
  const [reason, message]: [string, string] = misbound
    ? ['ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly']
    : ['ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'];
  tell(client, claim, 'Warning', reason, message);
}

function bindAny(client: ApiClient, settings: EmbeddedSettings, claim: StoredClaim): void {
  const { storageClassName } = claim.spec!;
  const storageClass = storageClassName ? client.find('storageclasses', undefined, storageClassName) : undefined;
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const nodeName = nodeFor(settings, claim);
  const node = nodeName === undefined ? undefined : client.find('nodes', undefined, nodeName);
  if (!node && nodeName !== undefined && nodeName === claim.metadata.annotations?.[SELECTED_NODE]) {
    // Chosen, and gone since: the scheduler has to choose again.
    patchMetadata(client, 'persistentvolumeclaims', claim, { annotations: { [SELECTED_NODE]: null } });
    return;
  }
  const volume = waits && !node ? undefined : findVolume(client, claim, node);
  if (volume) {
    bind(client, claim, volume);
    return;
  }
  setPhase(client, claim, 'Pending');
  if (storageClass && (!waits || nodeName !== undefined)) make(client, settings, claim, storageClass);
  else explain(client, claim, storageClass);
}

/** Says what a claim waits for that no volume can be made for now. */
function explain(client: ApiClient, claim: StoredClaim, storageClass: StoredClass | undefined): void {
  const { storageClassName } = claim.spec!;
  if (storageClass) {
    const message = 'waiting for first consumer to be created before binding';
    tell(client, claim, 'Normal', 'WaitForFirstConsumer', message);
  } else if (storageClassName) {
    const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
    tell(client, claim, 'Warning', 'ProvisioningFailed', message);
  } else {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    tell(client, claim, 'Normal', 'FailedBinding', message);
  }
}

function make(client: ApiClient, settings: EmbeddedSettings, claim: StoredClaim, storageClass: StoredClass): void {
  const { provisioner } = storageClass;
  if (provisioner !== LOCAL_PATH_PROVISIONER) {
    const message =
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the ` +
      'system administrator. If volume creation is delayed, please verify that the provisioner is running and ' +
      'correctly registered.';
    tell(client, claim, 'Normal', 'ExternalProvisioning', message);
    return;
  }
  const volume = provision(client, settings, claim, storageClass);
  if (!volume) return;
  const annotations = { [STORAGE_PROVISIONER]: provisioner, [SELECTED_NODE]: nodeFor(settings, claim)! };
  bind(client, patchMetadata(client, 'persistentvolumeclaims', claim, { annotations }), volume);
}

function setPhase(client: ApiClient, claim: StoredClaim, phase: string): void {
  updateStatus(client, 'persistentvolumeclaims', claim, { ...claim.status, phase });
}

function tell(client: ApiClient, claim: StoredClaim, type: EventType, reason: string, message: string): void {
  recordEvent(client, claim, type, reason, message, COMPONENT);
}
