import { changes, lifecycle, statusOf, variants, collected } from './kind.ts';
import type { Topic } from './step.ts';

const volumesAt = '/api/v1/persistentvolumes';
const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {},
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    nfs: { server: 'example.org', path: '/' },
  },
};
export const persistentVolumes: Topic = {
  name: 'persistent-volumes',
  steps: [
    ...lifecycle(volumesAt, volume, 'pv-a'),
    ...collected(volumesAt, volume, 'pv-a-collected'),
    ...statusOf(volumesAt, volume, { phase: 'Available' }, 'pv-status'),
    ...changes(
      volumesAt,
      volume,
      {
        'another source': { spec: { nfs: { path: '/b' } } },
        'more room': { spec: { capacity: { storage: '2Gi' } } },
        'another class': { spec: { storageClassName: 'c' } },
      },
      'pv-changing',
    ),
    ...variants(volumesAt, volume, {
      'no room': { metadata: { name: 'pv-1' }, spec: { capacity: null } },
      'no access': { metadata: { name: 'pv-2' }, spec: { accessModes: [] } },
      'a strange access': { metadata: { name: 'pv-3' }, spec: { accessModes: ['ReadSometimes'] } },
      'no source': { metadata: { name: 'pv-4' }, spec: { nfs: null } },
      'two sources': { metadata: { name: 'pv-5' }, spec: { local: { path: '/a' } } },
      'a strange reclaim policy': {
        metadata: { name: 'pv-6' },
        spec: { persistentVolumeReclaimPolicy: 'Burn' },
      },
      'a local one without a node': {
        metadata: { name: 'pv-7' },
        spec: { nfs: null, local: { path: '/a' } },
      },
    }),
  ],
};

const claimsAt = '/api/v1/namespaces/claims/persistentvolumeclaims';
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {},
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
export const claims: Topic = {
  name: 'claims',
  steps: [
    ...lifecycle(claimsAt, claim),
    ...collected(claimsAt, claim),
    ...statusOf(claimsAt, claim, {
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    }),
    ...changes(claimsAt, claim, {
      'more room': { spec: { resources: { requests: { storage: '2Gi' } } } },
      'another access': { spec: { accessModes: ['ReadWriteMany'] } },
      'another class': { spec: { storageClassName: 'c' } },
      'a volume': { spec: { volumeName: 'v' } },
    }),
    ...variants(claimsAt, claim, {
      'no access': { spec: { accessModes: [] } },
      'a strange access': { spec: { accessModes: ['ReadSometimes'] } },
      'no request': { spec: { resources: null } },
      'a negative request': { spec: { resources: { requests: { storage: '-1' } } } },
      'a strange mode': { spec: { volumeMode: 'Tape' } },
      'a data source': { spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } } },
    }),
  ],
};

const classesAt = '/apis/storage.k8s.io/v1/storageclasses';
const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {},
  provisioner: 'example.org/p',
};
export const storageClasses: Topic = {
  name: 'storage-classes',
  steps: [
    ...lifecycle(classesAt, storageClass, 'sc-a'),
    ...collected(classesAt, storageClass, 'sc-a-collected'),
    ...changes(
      classesAt,
      storageClass,
      {
        'another provisioner': { provisioner: 'example.org/q' },
        'more room': { allowVolumeExpansion: true },
        'another parameter': { parameters: { a: 'b' } },
      },
      'sc-changing',
    ),
    ...variants(classesAt, storageClass, {
      'no provisioner': { metadata: { name: 'sc-1' }, provisioner: null },
      'a strange reclaim policy': { metadata: { name: 'sc-2' }, reclaimPolicy: 'Burn' },
      'a strange binding': { metadata: { name: 'sc-3' }, volumeBindingMode: 'Late' },
      'a default': {
        metadata: { name: 'sc-4', annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } },
      },
    }),
  ],
};
