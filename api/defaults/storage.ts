import type {
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  TypedLocalObjectReference,
} from '../types.ts';

export function defaultPersistentVolume(volume: PersistentVolume): PersistentVolume {
  const { spec } = volume;
  return {
    ...volume,
    ...(spec && {
      spec: {
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
        ...spec,
        ...(spec.hostPath && { hostPath: { type: '', ...spec.hostPath } }),
        ...(spec.iscsi && { iscsi: { iscsiInterface: 'default', ...spec.iscsi } }),
        ...(spec.rbd && {
          rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring', ...spec.rbd },
        }),
        ...(spec.azureDisk && {
          azureDisk: {
            cachingMode: 'ReadWrite',
            kind: 'Shared',
            fsType: 'ext4',
            readOnly: false,
            ...spec.azureDisk,
          },
        }),
        ...(spec.scaleIO && {
          scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs', ...spec.scaleIO },
        }),
      },
    }),
    status: { phase: 'Pending', ...volume.status },
  };
}

export function defaultPersistentVolumeClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const { spec } = claim;
  return {
    ...claim,
    ...(spec && { spec: { volumeMode: 'Filesystem', ...spec } }),
    status: { phase: 'Pending', ...claim.status },
  };
}

/**
 * The claim with the two fields that say where its data comes from in step, unless the newer one names a namespace. No default: nobody owns
 * what is filled in here.
 */
export function withBothSources(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const { dataSource: given, ...rest } = claim.spec ?? {};
  const { dataSourceRef } = rest;
  const dataSource = given && (dataSourceRef || isOldSource(given)) ? given : undefined;
  if (!given && !dataSourceRef) return claim;
  const { namespace, ...local } = dataSourceRef ?? {};
  return {
    ...claim,
    spec: {
      ...rest,
      ...(dataSource && { dataSource, dataSourceRef: dataSourceRef ?? dataSource }),
      ...(dataSourceRef && !dataSource && !namespace && { dataSource: local as TypedLocalObjectReference }),
    },
  };
}

/** The older field names claims and snapshots only: anything else in it has always been dropped without a word. */
function isOldSource({ apiGroup, kind }: TypedLocalObjectReference): boolean {
  return apiGroup
    ? apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
    : kind === 'PersistentVolumeClaim';
}

export function defaultStorageClass(storageClass: StorageClass): StorageClass {
  return { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...storageClass };
}
