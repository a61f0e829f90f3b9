/** Which existing volume suits a claim, and which nodes a volume can be used on. */
import type { Node } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { matchLabelSelector } from '../../api/selectors/labels.ts';
import type { Stored } from '../../api/types.ts';
import { parseQuantity } from '../../quantity.ts';
import { matchesNodeSelector } from '../shared/node-selector.ts';
import { isReservedFor } from './names.ts';
import type { StoredClaim, StoredVolume } from './names.ts';

/**
 * The volume that is reserved for the claim, or else the smallest free one that is large enough. With `node`, only
 * volumes that can be used there.
 */
export function findVolume(client: ApiClient, claim: StoredClaim, node?: Stored<Node>): StoredVolume | undefined {
  const volumes = client.list('persistentvolumes').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const reserved = volumes.find((volume) => isReservedFor(volume, claim));
  if (reserved) return reserved;
  return volumes
    .filter((volume) => suits(volume, claim) && (!node || isUsableOn(volume, node)))
    .sort((a, b) => capacityOf(a) - capacityOf(b))[0];
}

export function isUsableOn(volume: StoredVolume, node: Stored<Node>): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return !required || matchesNodeSelector(required, node);
}

function suits({ spec, metadata }: StoredVolume, claim: StoredClaim): boolean {
  const wanted = claim.spec!;
  const request = wanted.resources?.requests?.['storage'] ?? 0;
  return (
    !spec?.claimRef &&
    (spec?.storageClassName ?? '') === (wanted.storageClassName ?? '') &&
    (spec?.volumeMode ?? 'Filesystem') === (wanted.volumeMode ?? 'Filesystem') &&
    (wanted.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode)) &&
    parseQuantity(spec?.capacity?.['storage'] ?? 0) >= parseQuantity(request) &&
    (!wanted.selector || matchLabelSelector(wanted.selector)(metadata.labels))
  );
}

function capacityOf(volume: StoredVolume): number {
  return parseQuantity(volume.spec?.capacity?.['storage'] ?? 0);
}
