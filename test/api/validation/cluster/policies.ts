import type { Spoilt } from '../spoil.ts';

export const policies: Spoilt[] = [
  {
    object: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { pods: '10', cpu: '4' }, scopes: ['NotTerminating'] },
    },
    wrong: [
      [
        'spec.hard',
        { apples: '1' },
        'spec.hard[apples]: Invalid value: apples: must be a standard resource type or fully qualified',
        'spec.hard[apples]: Invalid value: apples: must be a standard resource for quota',
      ],
      [
        'spec.hard',
        { pods: '-1' },
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      ],
      [
        'spec.hard',
        { pods: '1500m' },
        'spec.hard[pods]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer',
      ],
      [
        'spec.hard',
        { 'a b': '1' },
        "spec.hard[a b]: Invalid value: a b: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'spec.hard[a b]: Invalid value: a b: must be a standard resource for quota',
      ],
      [
        'spec.scopes',
        ['Sometimes'],
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Sometimes"}: unsupported scope',
      ],
      [
        'spec.scopes',
        ['Terminating', 'NotTerminating'],
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Terminating", "NotTerminating"}: conflicting scopes',
      ],
      [
        'spec.scopes',
        ['BestEffort'],
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort"}: unsupported scope applied to resource',
      ],
      [
        'spec',
        { scopeSelector: { matchExpressions: [{ scopeName: 'Sometimes', operator: 'Exists' }] } },
        'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Sometimes": unsupported scope',
      ],
      [
        'spec',
        { scopeSelector: { matchExpressions: [{ scopeName: 'BestEffort', operator: 'In', values: ['a'] }] } },
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exists\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
      ],
      [
        'spec',
        { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
      [
        'spec',
        {
          scopeSelector: {
            matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }],
          },
        },
        "spec.scopeSelector.matchExpressions.values: Invalid value: []string{\"a\"}: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      ],
      [
        'spec',
        { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Maybe' }] } },
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "Maybe": not a valid selector operator',
      ],
    ],
    wrongUpdates: [
      [
        'spec.scopes',
        ['Terminating'],
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Terminating"}: field is immutable',
      ],
    ],
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
    },
    wrong: [
      [
        'spec.limits[0].type',
        'Box',
        'spec.limits[0].type: Invalid value: "Box": must be a standard limit type or fully qualified',
      ],
      [
        'spec.limits[0].type',
        'PersistentVolumeClaim',
        'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
        'spec.limits[1].type: Duplicate value: "PersistentVolumeClaim"',
      ],
      [
        'spec.limits[0]',
        { type: 'Pod', default: { cpu: '1' } },
        "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
      ],
      [
        'spec.limits[0].min',
        { cpu: '3' },
        'spec.limits[0].min[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:3, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"3", Format:"DecimalSI"}: min value 3 is greater than max value 2',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1", Format:"DecimalSI"}: min value 3 is greater than default request value 1',
        'spec.limits[0].default[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:3, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"3", Format:"DecimalSI"}: min value 3 is greater than default value 1',
      ],
      [
        'spec.limits[0].default',
        { cpu: '3' },
        'spec.limits[0].defaultRequest[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:3, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"3", Format:"DecimalSI"}: default request value 3 is greater than max value 2',
        'spec.limits[0].default[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:2, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"2", Format:"DecimalSI"}: default value 3 is greater than max value 2',
      ],
      [
        'spec.limits[0].defaultRequest',
        { cpu: '50m' },
        'spec.limits[0].defaultRequest[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:50, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"50m", Format:"DecimalSI"}: min value 100m is greater than default request value 50m',
      ],
      [
        'spec.limits[0].max',
        { apples: '3' },
        'spec.limits[0].max[apples]: Invalid value: apples: must be a standard resource type or fully qualified',
        'spec.limits[0].max[apples]: Invalid value: apples: must be a standard resource for containers',
        'spec.limits[0].default[apples]: Invalid value: apples: must be a standard resource type or fully qualified',
        'spec.limits[0].default[apples]: Invalid value: apples: must be a standard resource for containers',
        'spec.limits[0].defaultRequest[apples]: Invalid value: apples: must be a standard resource type or fully qualified',
        'spec.limits[0].defaultRequest[apples]: Invalid value: apples: must be a standard resource for containers',
      ],
      [
        'spec.limits[0].maxLimitRequestRatio',
        { cpu: '500m' },
        'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"500m", Format:"DecimalSI"}: ratio 500m is less than 1',
      ],
      [
        'spec.limits[0].maxLimitRequestRatio',
        { cpu: '30' },
        'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:30, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"30", Format:"DecimalSI"}: ratio 30 is greater than max/min = 20.000000',
      ],
      [
        'spec.limits[0]',
        { type: 'Container', default: { 'a.b/c': '2' }, defaultRequest: { 'a.b/c': '1' } },
        'spec.limits[0].defaultRequest[a.b/c]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1", Format:"DecimalSI"}: default value 2 must equal to defaultRequest value 1 in a.b/c',
      ],
      [
        'spec.limits[1]',
        { type: 'PersistentVolumeClaim' },
        'spec.limits[1].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
      ],
    ],
  },
  {
    object: {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    },
    wrong: [
      [
        'value',
        1000000001,
        'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
      ],
      [
        'preemptionPolicy',
        'Sometimes',
        'preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"',
      ],
      [
        'metadata.name',
        'system-mine',
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
      ],
      [
        'metadata.name',
        'system-node-critical',
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
      ],
    ],
    wrongUpdates: [
      ['value', 1001, 'value: Forbidden: may not be changed in an update.'],
      ['preemptionPolicy', 'Never', 'preemptionPolicy: Invalid value: "Never": field is immutable'],
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
    },
    wrong: [
      [
        'handler',
        '',
        "handler: Invalid value: \"\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
      [
        'handler',
        'A',
        "handler: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
      [
        'overhead.podFixed',
        { apples: '1' },
        'overhead.limits[apples]: Invalid value: apples: must be a standard resource type or fully qualified',
        'overhead.limits[apples]: Invalid value: apples: must be a standard resource for containers',
      ],
      [
        'scheduling.nodeSelector',
        { 'a b': 'c' },
        "scheduling.nodeSelector: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
      [
        'scheduling.tolerations[0].operator',
        'Maybe',
        'scheduling.tolerations.tolerations[0].operator: Unsupported value: "Maybe": supported values: "Equal", "Exists"',
      ],
    ],
    wrongUpdates: [['handler', 'wasm', 'handler: Invalid value: "wasm": field is immutable']],
  },
];
