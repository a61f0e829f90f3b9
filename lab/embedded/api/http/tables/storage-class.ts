import { age } from './duration.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

export const storageClass: Printer<'storageclasses'> = {
  columns: [
    NAME,
    column('Provisioner'),
    column('ReclaimPolicy'),
    column('VolumeBindingMode'),
    column('AllowVolumeExpansion'),
    AGE,
  ],
  cells: ({ metadata, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion }, now) => [
    metadata.name + (metadata.annotations?.[DEFAULT_ANNOTATION] === 'true' ? ' (default)' : ''),
    provisioner,
    reclaimPolicy ?? 'Delete',
    volumeBindingMode ?? 'Immediate',
    String(allowVolumeExpansion ?? false),
    age(metadata.creationTimestamp, now),
  ],
};
