import type { SpoiltTable } from './spoilt.ts';

export const podsOnWait: SpoiltTable = {
  collection: '/api/v1/namespaces/default/pods',
  good: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'web', image: 'hello:1' }],
      activeDeadlineSeconds: 9,
      nodeSelector: { a: 'b' },
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
      schedulingGates: [{ name: 'g' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
          },
        },
      },
    },
  },
  spoilt: [],
  changes: [
    [
      { 'spec.activeDeadlineSeconds': 10 },
      'spec.activeDeadlineSeconds: Invalid value: 10: must be less than or equal to previous value',
    ],
    [{ 'spec.activeDeadlineSeconds': 3 }],
    [
      { 'spec.activeDeadlineSeconds': undefined },
      'spec.activeDeadlineSeconds: Invalid value: "null": must not update from a positive integer to nil value',
    ],
    [
      { 'spec.tolerations': [] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [{ 'spec.tolerations[0].tolerationSeconds': 7 }],
    [{ 'spec.schedulingGates': [] }],
    [
      { 'spec.schedulingGates': [{ name: 'g' }, { name: 'h' }] },
      "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'h'",
    ],
    [{ 'spec.nodeSelector': { a: 'b', c: 'd' } }],
    [
      { 'spec.nodeSelector': { c: 'd' } },
      'spec.nodeSelector: Invalid value: map[string]string{"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    [
      { 'spec.affinity': undefined },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Invalid value: []core.NodeSelectorTerm(nil): no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    ],
    [
      {
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions':
          [
            { key: 'a', operator: 'Exists' },
            { key: 'b', operator: 'Exists' },
          ],
      },
    ],
  ],
  statuses: [],
};
