import type { SpoiltTable } from './spoilt.ts';

export const replicationControllers: SpoiltTable = {
  collection: '/api/v1/namespaces/default/replicationcontrollers',
  good: {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { app: 'web' },
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
    [{ 'spec.selector': {}, 'spec.template.metadata': undefined }, 'spec.selector: Required value'],
    [
      { 'spec.selector.app': 'other' },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [{ 'spec.template': undefined }, 'spec.template: Required value'],
    [{ spec: undefined }, 'spec.selector: Required value', 'spec.template: Required value'],
    [
      { 'spec.template.spec.restartPolicy': 'Never' },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      { 'spec.template.spec.activeDeadlineSeconds': 4 },
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
    [{ 'spec.template.spec.containers': [] }, 'spec.template.spec.containers: Required value'],
    [
      { 'spec.template.metadata.labels': { app: 'web', '-x': 'y' } },
      "metadata.labels: Invalid value: \"-x\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.template.labels: Invalid value: \"-x\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  changes: [[{ 'spec.replicas': 3 }], [{ 'spec.selector.b': 'c', 'spec.template.metadata.labels.b': 'c' }]],
  statuses: [
    [{ 'status.replicas': 2, 'status.readyReplicas': 2 }],
    [
      { 'status.replicas': -1 },
      'status.replicas: Invalid value: -1: must be greater than or equal to 0',
      'status.fullyLabeledReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
    ],
    [
      { 'status.fullyLabeledReplicas': 1 },
      'status.fullyLabeledReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.readyReplicas': 1 },
      'status.readyReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
  ],
};
