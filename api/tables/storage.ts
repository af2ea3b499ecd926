import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, wide } from './table.ts';
import type { Columns } from './table.ts';

const unset = '<unset>';

/** The class that older objects name by an annotation. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export function storageClassOf({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata?.annotations?.[classAnnotation] ?? spec?.storageClassName ?? '';
}

export function isDefaultStorageClass({ metadata }: StorageClass): boolean {
  return defaultAnnotations.some((name) => metadata?.annotations?.[name] === 'true');
}

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modesText(modes: readonly string[] | undefined): string {
  return Object.keys(shortModes)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');
}

const phase = ({ metadata, status }: PersistentVolume | PersistentVolumeClaim) =>
  metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? '');

export const persistentVolumeColumns: Columns<PersistentVolume> = [
  nameColumn,
  column('Capacity', ({ spec }) => String(spec?.capacity?.['storage'] ?? '0')),
  column('Access Modes', ({ spec }) => modesText(spec?.accessModes)),
  column('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
  column('Status', phase),
  column('Claim', ({ spec }) =>
    spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '',
  ),
  column('StorageClass', storageClassOf),
  column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? unset),
  column('Reason', ({ status }) => status?.reason ?? ''),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('VolumeMode', ({ spec }) => spec?.volumeMode ?? unset),
];

export const persistentVolumeClaimColumns: Columns<PersistentVolumeClaim> = [
  nameColumn,
  column('Status', phase),
  column('Volume', ({ spec }) => spec?.volumeName ?? ''),
  column('Capacity', ({ spec, status }) =>
    spec?.volumeName ? String(status?.capacity?.['storage'] ?? '0') : '',
  ),
  column('Access Modes', ({ spec, status }) => (spec?.volumeName ? modesText(status?.accessModes) : '')),
  column('StorageClass', storageClassOf),
  column('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? unset),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('VolumeMode', ({ spec }) => spec?.volumeMode ?? unset),
];

export const storageClassColumns: Columns<StorageClass> = [
  {
    ...nameColumn,
    cell: (storageClass) =>
      `${storageClass.metadata?.name ?? ''}${isDefaultStorageClass(storageClass as StorageClass) ? ' (default)' : ''}`,
  },
  column('Provisioner', ({ provisioner }) => provisioner ?? ''),
  column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
  column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
  column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
];
