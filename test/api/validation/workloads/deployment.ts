import type { SpoiltTable } from './spoilt.ts';
import { spoiltScaled, spoiltTemplates } from './templates.ts';

export const deployments: SpoiltTable = {
  collection: '/apis/apps/v1/namespaces/default/deployments',
  good: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }] },
      },
    },
  },
  spoilt: [
    ...spoiltTemplates,
    ...spoiltScaled,
    [
      { 'spec.strategy': { type: 'Other' } },
      'spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Other", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      { 'spec.strategy': { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { 'spec.strategy': { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
    ],
    [
      { 'spec.strategy': { rollingUpdate: { maxSurge: '0%', maxUnavailable: '0%' } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"0%"}: may not be 0 when `maxSurge` is 0',
    ],
    [
      { 'spec.strategy': { rollingUpdate: { maxSurge: 'x' } } },
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:\"x\"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
    [
      { 'spec.strategy': { rollingUpdate: { maxUnavailable: '101%' } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
    [{ 'spec.strategy': { rollingUpdate: { maxSurge: '200%' } } }],
    [
      { 'spec.revisionHistoryLimit': -1 },
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.progressDeadlineSeconds': -1 },
      'spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.progressDeadlineSeconds: Invalid value: -1: must be greater than minReadySeconds',
    ],
    [
      { 'spec.progressDeadlineSeconds': 5, 'spec.minReadySeconds': 5 },
      'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
    ],
    [
      { 'spec.progressDeadlineSeconds': 0 },
      'spec.progressDeadlineSeconds: Invalid value: 0: must be greater than minReadySeconds',
    ],
  ],
  changes: [
    [{ 'spec.replicas': 3 }],
    [{ 'spec.paused': true }],
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
      'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
    ],
    [
      { 'status.updatedReplicas': 1 },
      'status.updatedReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.readyReplicas': 1 },
      'status.readyReplicas: Invalid value: 1: cannot be greater than status.replicas',
    ],
    [
      { 'status.availableReplicas': 1 },
      'status.availableReplicas: Invalid value: 1: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas',
    ],
    [
      { 'status.unavailableReplicas': -1 },
      'status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.observedGeneration': -1 },
      'status.observedGeneration: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.collisionCount': -1 },
      'status.collisionCount: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
};
