import type { Spoilt } from '../spoil.ts';

export const policies: Spoilt[] = [
  {
    object: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { pods: '10', cpu: '4' }, scopes: ['NotTerminating'] },
    } as never,
    wrong: [
      ['spec.hard', { apples: '1' }],
      ['spec.hard', { pods: '-1' }],
      ['spec.hard', { pods: '1500m' }],
      ['spec.hard', { 'a b': '1' }],
      ['spec.scopes', ['Sometimes']],
      ['spec.scopes', ['Terminating', 'NotTerminating']],
      ['spec.scopes', ['BestEffort']],
      ['spec', { scopeSelector: { matchExpressions: [{ scopeName: 'Sometimes', operator: 'Exists' }] } }],
      [
        'spec',
        { scopeSelector: { matchExpressions: [{ scopeName: 'BestEffort', operator: 'In', values: ['a'] }] } },
      ],
      ['spec', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } }],
      [
        'spec',
        {
          scopeSelector: {
            matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }],
          },
        },
      ],
      ['spec', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Maybe' }] } }],
    ],
    wrongUpdates: [['spec.scopes', ['Terminating']]],
    rightUpdates: [['spec.hard', { pods: '11' }]],
  },
  {
    object: {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'l', namespace: 'default' },
      spec: {
        limits: [
          { type: 'Container', max: { cpu: '2' }, min: { cpu: '100m' }, default: { cpu: '1' } },
          { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
        ],
      },
    } as never,
    wrong: [
      ['spec.limits[0].type', 'Box'],
      ['spec.limits[0].type', 'PersistentVolumeClaim'],
      ['spec.limits[0]', { type: 'Pod', default: { cpu: '1' } }],
      ['spec.limits[0].min', { cpu: '3' }],
      ['spec.limits[0].default', { cpu: '3' }],
      ['spec.limits[0].defaultRequest', { cpu: '50m' }],
      ['spec.limits[0].max', { apples: '3' }],
      ['spec.limits[0].maxLimitRequestRatio', { cpu: '500m' }],
      ['spec.limits[0].maxLimitRequestRatio', { cpu: '30' }],
      ['spec.limits[0]', { type: 'Container', default: { 'a.b/c': '2' }, defaultRequest: { 'a.b/c': '1' } }],
      ['spec.limits[1]', { type: 'PersistentVolumeClaim' }],
    ],
  },
  {
    object: {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    } as never,
    wrong: [
      ['value', 1_000_000_001],
      ['preemptionPolicy', 'Sometimes'],
      ['metadata.name', 'system-mine'],
      ['metadata.name', 'system-node-critical'],
    ],
    wrongUpdates: [
      ['value', 1001],
      ['preemptionPolicy', 'Never'],
    ],
    rightUpdates: [
      ['description', 'for what matters'],
      ['globalDefault', true],
    ],
  },
  {
    object: {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'boxed' },
      handler: 'podman',
      overhead: { podFixed: { memory: '64Mi' } },
      scheduling: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }] },
    } as never,
    wrong: [
      ['handler', ''],
      ['handler', 'A'],
      ['overhead.podFixed', { apples: '1' }],
      ['scheduling.nodeSelector', { 'a b': 'c' }],
      ['scheduling.tolerations[0].operator', 'Maybe'],
    ],
    wrongUpdates: [['handler', 'wasm']],
  },
];
