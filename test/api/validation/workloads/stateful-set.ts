import type { SpoiltTable } from './spoilt.ts';

export const statefulSets: SpoiltTable = {
  collection: '/apis/apps/v1/namespaces/default/statefulsets',
  good: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }] },
      },
    },
  },
  spoilt: [
    [{ 'spec.replicas': -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [
      { 'spec.minReadySeconds': -1 },
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.selector': undefined },
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { 'spec.selector': {} },
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for statefulset',
    ],
    [
      { 'spec.selector.matchLabels.app': 'other' },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Is", Values:[]string{"web"}}}}',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"In", Values:[]string(nil)}}}',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web', 'x'] }] } },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { 'spec.selector.matchLabels.app': '-' },
      "spec.selector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"-"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}',
    ],
    [
      { 'spec.template': undefined },
      'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    ],
    [
      { 'spec.template.metadata': undefined },
      'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    ],
    [
      { 'spec.template.metadata.labels': { app: 'web', '-x': 'y' } },
      "spec.template.labels: Invalid value: \"-x\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'spec.template.metadata.annotations': { 'a b': 'c' } },
      "spec.template.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'spec.template.metadata.annotations': { 'controller.kubernetes.io/pod-deletion-cost': 'x' } },
      'spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "x": must be a 32bit integer',
    ],
    [{ 'spec.template.spec.containers': [] }],
    [{ 'spec.template.spec.containers[0].name': undefined }],
    [{ 'spec.template.spec.containers[0].image': '' }],
    [
      { 'spec.template.spec.restartPolicy': 'Never' },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      { 'spec.template.spec.restartPolicy': 'Sometimes' },
      'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always"',
    ],
    [
      { 'spec.template.spec.activeDeadlineSeconds': 5 },
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
    ],
    [{ 'spec.template.spec.ephemeralContainers': [{ name: 'd', image: 'x' }] }],
    [{ 'metadata.name': 'a.b' }, 'metadata.name: Invalid value: "a.b": must not contain dots'],
    [
      { spec: undefined },
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    ],
    [
      { 'spec.podManagementPolicy': 'Any' },
      "spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'",
    ],
    [
      { 'spec.updateStrategy': { type: 'Recreate' } },
      "spec.updateStrategy: Invalid value: apps.StatefulSetUpdateStrategy{Type:\"Recreate\", RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}: must be 'RollingUpdate' or 'OnDelete'",
    ],
    [
      { 'spec.updateStrategy': { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      "spec.updateStrategy.rollingUpdate: Invalid value: apps.RollingUpdateStatefulSetStrategy{Partition:1, MaxUnavailable:(*intstr.IntOrString)(nil)}: only allowed for updateStrategy 'RollingUpdate'",
    ],
    [
      { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: -1 } } },
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Keep', whenScaled: 'Retain' } },
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
    ],
    [
      { 'spec.persistentVolumeClaimRetentionPolicy': { whenScaled: 'Keep' } },
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Retain", "Delete"',
    ],
    [
      { 'spec.ordinals': { start: -1 } },
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
    ],
    [{ 'spec.serviceName': 'a.b' }, 'spec.serviceName: Invalid value: "a.b": must not contain dots'],
    [{ 'spec.revisionHistoryLimit': -1 }],
  ],
  changes: [
    [{ 'spec.replicas': 3 }],
    [{ 'spec.template.spec.containers[0].image': 'hello:2' }],
    [{ 'spec.updateStrategy': { type: 'OnDelete' } }],
    [{ 'spec.ordinals': { start: 2 } }],
    [{ 'spec.minReadySeconds': 4 }],
    [{ 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted': 'Delete' }],
    [{ 'spec.revisionHistoryLimit': 2 }],
    [
      { 'spec.serviceName': 'other' },
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      { 'spec.podManagementPolicy': 'Parallel' },
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      { 'spec.selector.matchLabels': { app: 'web', b: 'c' } },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      {
        'spec.volumeClaimTemplates': [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
  ],
  statuses: [
    [{ 'status.replicas': 2, 'status.readyReplicas': 2 }],
    [
      { 'status.replicas': -1 },
      'status.replicas: Invalid value: -1: must be greater than or equal to 0',
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.currentReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
    ],
    [
      { 'status.readyReplicas': 1 },
      'status.readyReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.currentReplicas': 1 },
      'status.currentReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.updatedReplicas': 1 },
      'status.updatedReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.replicas': 2, 'status.availableReplicas': 1 },
      'status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas',
    ],
    [
      { 'status.collisionCount': -1 },
      'status.collisionCount: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.observedGeneration': -1 },
      'status.observedGeneration: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
};
