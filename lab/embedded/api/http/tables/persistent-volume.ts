import { age } from './duration.ts';
import { accessModes, UNSET } from './format.ts';
import { AGE, column, NAME, wideColumn } from './printer.ts';
import type { Printer } from './printer.ts';

export const persistentVolume: Printer<'persistentvolumes'> = {
  columns: [
    NAME,
    column('Capacity'),
    column('Access Modes'),
    column('Reclaim Policy'),
    column('Status'),
    column('Claim'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    column('Reason'),
    AGE,
    wideColumn('VolumeMode'),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec?.capacity?.['storage'] ?? '',
    accessModes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace}/${spec.claimRef.name}`,
    spec?.storageClassName ?? '',
    spec?.volumeAttributesClassName ?? UNSET,
    status?.reason ?? '',
    age(metadata.creationTimestamp, now),
    spec?.volumeMode ?? UNSET,
  ],
};
