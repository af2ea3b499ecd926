import type { Spoilt } from '../spoil.ts';

export const storage: Spoilt[] = [
  {
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 'a', path: '/' } },
    } as never,
    wrong: [
      ['spec', {}],
      ['spec.accessModes', []],
      ['spec.accessModes', ['Sometimes']],
      ['spec.accessModes', ['ReadWriteOncePod', 'ReadWriteOnce']],
      ['spec.capacity', { storage: '0' }],
      ['spec.persistentVolumeReclaimPolicy', 'Burn'],
      ['spec.volumeMode', 'Tape'],
      ['spec.storageClassName', 'A'],
      ['spec.nfs', undefined],
      ['spec.nfs.path', 'a'],
      ['spec.nfs.server', ''],
      ['spec.hostPath', { path: '/a' }],
      [
        'spec',
        { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a/../b' } },
      ],
      [
        'spec',
        {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/', type: 'Hole' },
          persistentVolumeReclaimPolicy: 'Recycle',
        },
      ],
      ['spec', { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/a' } }],
      ['spec', { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi: { driver: 'A b' } }],
      ['spec.nodeAffinity', {}],
      ['spec.nodeAffinity', { required: { nodeSelectorTerms: [] } }],
    ],
    wrongUpdates: [['spec.volumeMode', 'Block']],
    rightUpdates: [['spec.capacity', { storage: '2Gi' }]],
  },
  {
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as never,
    wrong: [
      ['spec', {}],
      ['spec.accessModes', ['Sometimes']],
      ['spec.resources.requests.storage', '0'],
      ['spec.resources.requests.storage', '-1'],
      ['spec.storageClassName', 'A'],
      ['spec.volumeMode', 'Tape'],
      ['spec.selector', { matchLabels: { 'a b': 'c' } }],
      ['spec.dataSource', { kind: 'Snapshot', name: 'a' }],
      ['spec.dataSource', { kind: 'PersistentVolumeClaim', name: '' }],
    ],
    rightUpdates: [
      ['spec.volumeName', 'disk'],
      ['spec.storageClassName', 'fast'],
    ],
  },
  {
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner: 'example.com/disk',
      parameters: { kind: 'ssd' },
    } as never,
    wrong: [
      ['provisioner', ''],
      ['provisioner', 'a b'],
      ['reclaimPolicy', 'Recycle'],
      ['volumeBindingMode', 'Late'],
      ['parameters', { '': 'a' }],
      ['allowedTopologies', [{ matchLabelExpressions: [{ key: 'a', values: [] }] }]],
      ['allowedTopologies', [{ matchLabelExpressions: [{ key: 'a', values: ['b', 'b'] }] }]],
      [
        'allowedTopologies',
        [
          {
            matchLabelExpressions: [
              { key: 'a', values: ['b'] },
              { key: 'a', values: ['c'] },
            ],
          },
        ],
      ],
    ],
    wrongUpdates: [
      ['provisioner', 'example.com/tape'],
      ['parameters', { kind: 'hdd' }],
      ['reclaimPolicy', 'Retain'],
      ['volumeBindingMode', 'WaitForFirstConsumer'],
    ],
    rightUpdates: [['allowVolumeExpansion', true]],
  },
];
