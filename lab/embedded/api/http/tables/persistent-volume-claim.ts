import { age } from './duration.ts';
import { accessModes, UNSET } from './format.ts';
import { AGE, column, NAME, wideColumn } from './printer.ts';
import type { Printer } from './printer.ts';

export const persistentVolumeClaim: Printer<'persistentvolumeclaims'> = {
  columns: [
    NAME,
    column('Status'),
    column('Volume'),
    column('Capacity'),
    column('Access Modes'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    AGE,
    wideColumn('VolumeMode'),
  ],
  cells: ({ metadata, spec, status }, now) => {
    // What it holds is known once it is bound.
    const bound = spec?.volumeName ? status : undefined;
    return [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      spec?.volumeName ?? '',
      bound?.capacity?.['storage'] ?? '',
      accessModes(bound?.accessModes),
      spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? UNSET,
      age(metadata.creationTimestamp, now),
      spec?.volumeMode ?? UNSET,
    ];
  },
};
