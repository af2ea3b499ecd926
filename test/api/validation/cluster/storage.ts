import type { Spoilt } from '../spoil.ts';

export const storage: Spoilt[] = [
  {
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 'a', path: '/' } },
    },
    wrong: [
      [
        'spec',
        {},
        'spec.accessModes: Required value',
        'spec.capacity: Required value',
        'spec.capacity: Unsupported value: core.ResourceList(nil): supported values: "storage"',
        'spec: Required value: must specify a volume type',
      ],
      ['spec.accessModes', [], 'spec.accessModes: Required value'],
      [
        'spec.accessModes',
        ['Sometimes'],
        'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
      [
        'spec.accessModes',
        ['ReadWriteOncePod', 'ReadWriteOnce'],
        'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      ],
      [
        'spec.capacity',
        { storage: '0' },
        'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
      ],
      [
        'spec.persistentVolumeReclaimPolicy',
        'Burn',
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
      ],
      [
        'spec.volumeMode',
        'Tape',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
      [
        'spec.storageClassName',
        'A',
        "spec.storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      ['spec.nfs', undefined, 'spec: Required value: must specify a volume type'],
      ['spec.nfs.path', 'a', 'spec.nfs.path: Invalid value: "a": must be an absolute path'],
      ['spec.nfs.server', '', 'spec.nfs.server: Required value'],
      ['spec.hostPath', { path: '/a' }, 'spec.nfs: Forbidden: may not specify more than 1 volume type'],
      [
        'spec',
        { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a/../b' } },
        'spec.hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
      ],
      [
        'spec',
        {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/', type: 'Hole' },
          persistentVolumeReclaimPolicy: 'Recycle',
        },
        'spec.hostPath.type: Unsupported value: "Hole": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
      ],
      [
        'spec',
        { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/a' } },
        'spec.nodeAffinity: Required value: Local volume requires node affinity',
      ],
      [
        'spec',
        { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi: { driver: 'A b' } },
        "spec.csi.driver: Invalid value: \"A b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'spec.csi.volumeHandle: Required value',
      ],
      [
        'spec.nodeAffinity',
        {},
        'spec.nodeAffinity.required: Required value: must specify required node constraints',
      ],
      [
        'spec.nodeAffinity',
        { required: { nodeSelectorTerms: [] } },
        'spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term',
      ],
    ],
    wrongUpdates: [['spec.volumeMode', 'Block', 'volumeMode: Invalid value: "Block": field is immutable']],
    rightUpdates: [['spec.capacity', { storage: '2Gi' }]],
  },
  {
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    wrong: [
      [
        'spec',
        {},
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
      [
        'spec.accessModes',
        ['Sometimes'],
        'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
      [
        'spec.resources.requests.storage',
        '0',
        'spec.resources[storage]: Invalid value: "0": must be greater than zero',
      ],
      [
        'spec.resources.requests.storage',
        '-1',
        'spec.resources[storage]: Invalid value: "-1": must be greater than zero',
      ],
      [
        'spec.storageClassName',
        'A',
        "spec.storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        'spec.volumeMode',
        'Tape',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
      [
        'spec.selector',
        { matchLabels: { 'a b': 'c' } },
        "spec.selector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
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
    },
    wrong: [
      ['provisioner', '', 'provisioner: Required value'],
      [
        'provisioner',
        'a b',
        "provisioner: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
      [
        'reclaimPolicy',
        'Recycle',
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
      ],
      [
        'volumeBindingMode',
        'Late',
        'volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
      ['parameters', { '': 'a' }, 'parameters: Invalid value: "": field can not be empty.'],
      [
        'allowedTopologies',
        [{ matchLabelExpressions: [{ key: 'a', values: [] }] }],
        'allowedTopologies[0].matchLabelExpressions[0].values: Required value',
      ],
      [
        'allowedTopologies',
        [{ matchLabelExpressions: [{ key: 'a', values: ['b', 'b'] }] }],
        'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "b"',
      ],
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
        'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "a"',
      ],
    ],
    wrongUpdates: [
      ['provisioner', 'example.com/tape', 'provisioner: Forbidden: updates to provisioner are forbidden.'],
      ['parameters', { kind: 'hdd' }, 'parameters: Forbidden: updates to parameters are forbidden.'],
      ['reclaimPolicy', 'Retain', 'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.'],
      [
        'volumeBindingMode',
        'WaitForFirstConsumer',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    ],
    rightUpdates: [['allowVolumeExpansion', true]],
  },
];
