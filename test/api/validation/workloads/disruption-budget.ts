import type { SpoiltTable } from './spoilt.ts';

export const disruptionBudgets: SpoiltTable = {
  collection: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  good: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  },
  spoilt: [
    [{ 'spec.minAvailable': -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
    [
      { 'spec.minAvailable': '101%' },
      'spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
    [
      { 'spec.minAvailable': 'x' },
      "spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:\"x\"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
    [
      { 'spec.minAvailable': undefined, 'spec.maxUnavailable': -1 },
      'spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.minAvailable': undefined, 'spec.maxUnavailable': '150%' },
      'spec.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"150%"}: must not be greater than 100%',
    ],
    [
      { 'spec.maxUnavailable': 1 },
      'spec: Invalid value: policy.PodDisruptionBudgetSpec{…}: minAvailable and maxUnavailable cannot be both set',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
    [
      { 'spec.selector': { matchLabels: { a: '-' } } },
      "spec.selector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      { 'spec.unhealthyPodEvictionPolicy': 'Never' },
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
  changes: [[{ 'spec.minAvailable': '50%' }], [{ 'spec.selector': undefined }], [{ spec: undefined }]],
  statuses: [
    [{ 'status.currentHealthy': 1 }],
    [
      { 'status.currentHealthy': -1 },
      'status.currentHealthy: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.desiredHealthy': -1 },
      'status.desiredHealthy: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.expectedPods': -1 },
      'status.expectedPods: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.disruptionsAllowed': -1 },
      'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
};
