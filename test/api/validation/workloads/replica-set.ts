import type { SpoiltTable } from './spoilt.ts';
import { spoiltScaled, spoiltTemplates } from './templates.ts';

export const replicaSets: SpoiltTable = {
  collection: '/apis/apps/v1/namespaces/default/replicasets',
  good: {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }] },
      },
    },
  },
  spoilt: [...spoiltTemplates, ...spoiltScaled],
  changes: [
    [{ 'spec.replicas': 3 }],
    [{ 'spec.template.spec.containers[0].image': 'hello:2' }],
    [
      {
        'spec.selector.matchLabels': { app: 'web', b: 'c' },
        'spec.template.metadata.labels': { app: 'web', b: 'c' },
      },
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web", "b":"c"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
    ],
  ],
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
    [
      { 'status.replicas': 1, 'status.availableReplicas': 1 },
      'status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas',
    ],
  ],
};
