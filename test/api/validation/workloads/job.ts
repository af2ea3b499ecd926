import type { SpoiltTable } from './spoilt.ts';

export const jobs: SpoiltTable = {
  collection: '/apis/batch/v1/namespaces/default/jobs',
  good: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }], restartPolicy: 'Never' },
      },
    },
  },
  spoilt: [
    [
      { spec: undefined },
      'spec.template.spec.containers: Required value',
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [{ 'spec.parallelism': -1 }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
    [{ 'spec.completions': -1 }, 'spec.completions: Invalid value: -1: must be greater than or equal to 0'],
    [
      { 'spec.activeDeadlineSeconds': -1 },
      'spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [{ 'spec.backoffLimit': -1 }, 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
    [
      { 'spec.ttlSecondsAfterFinished': -1 },
      'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.backoffLimitPerIndex': -1 },
      'spec.backoffLimitPerIndex: Invalid value: -1: must be greater than or equal to 0',
      'spec.backoffLimitPerIndex: Invalid value: -1: requires indexed completion mode',
    ],
    [
      { 'spec.maxFailedIndexes': 1 },
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
    ],
    [
      { 'spec.completionMode': 'Other' },
      'spec.completionMode: Unsupported value: "Other": supported values: "NonIndexed", "Indexed"',
    ],
    [{ 'spec.completionMode': 'Indexed' }],
    [
      { 'spec.completionMode': 'Indexed', 'spec.parallelism': 2 },
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [
      { 'spec.completionMode': 'Indexed', 'spec.completions': 5, 'spec.parallelism': 100001 },
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.backoffLimitPerIndex': 1,
        'spec.maxFailedIndexes': 6,
      },
      'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
    ],
    [
      { 'spec.completionMode': 'Indexed', 'spec.completions': 100001, 'spec.backoffLimitPerIndex': 1 },
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 100001,
        'spec.backoffLimitPerIndex': 1,
        'spec.parallelism': 10001,
        'spec.maxFailedIndexes': 10001,
      },
      'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
      'spec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 1000001,
        'spec.backoffLimitPerIndex': 1,
        'spec.maxFailedIndexes': 100001,
      },
      'spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 100000',
      'spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
    [
      { 'spec.completionMode': 'Indexed', 'spec.completions': 2, 'metadata.name': 'a'.repeat(62) },
      'metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": will not able to create pod with invalid DNS label: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1',
    ],
    [{ 'spec.managedBy': '' }, 'spec.managedBy: Required value'],
    [
      { 'spec.managedBy': 'me' },
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      { 'spec.managedBy': 'A/b' },
      "spec.managedBy: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [
      { 'spec.managedBy': `a.b/${'c'.repeat(70)}` },
      'spec.managedBy: Too long: may not be more than 63 bytes',
    ],
    [
      { 'spec.managedBy': 'a.b/c d' },
      "spec.managedBy: Invalid value: \"c d\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
    ],
    [
      { 'spec.template.spec.restartPolicy': 'Always' },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.template.spec.restartPolicy': undefined },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.template.spec.restartPolicy': 'Other' },
      'spec.template.spec.restartPolicy: Unsupported value: "Other": supported values: "Always", "OnFailure", "Never"',
      'spec.template.spec.restartPolicy: Unsupported value: "Other": supported values: "OnFailure", "Never"',
    ],
    [{ 'spec.template.spec.containers': [] }, 'spec.template.spec.containers: Required value'],
    [
      { 'spec.template': undefined },
      'spec.template.spec.containers: Required value',
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.selector': { matchLabels: { app: 'web' } } },
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web", "batch.kubernetes.io/controller-uid":"<uid>"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` not auto-generated',
    ],
    [
      { 'spec.manualSelector': true },
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { 'spec.manualSelector': true, 'spec.selector': { matchLabels: { app: 'other' } } },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [{ 'spec.manualSelector': true, 'spec.selector': { matchLabels: { app: 'web' } } }],
    [
      { 'spec.template.metadata.labels': { 'controller-uid': 'x' } },
      'spec.template.metadata.labels[controller-uid]: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"<uid>", "batch.kubernetes.io/job-name":"web", "controller-uid":"x", "job-name":"web"}: must be \'<uid>\'',
    ],
    [
      { 'spec.template.metadata.labels': { 'job-name': 'x' } },
      'spec.template.metadata.labels[job-name]: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"<uid>", "batch.kubernetes.io/job-name":"web", "controller-uid":"<uid>", "job-name":"x"}: must be \'web\'',
    ],
    [
      { 'spec.podReplacementPolicy': 'Other' },
      'spec.podReplacementPolicy: Unsupported value: "Other": supported values: "Failed", "TerminatingOrFailed"',
    ],
    [
      { 'spec.successPolicy': { rules: [{ succeededCount: 1 }] } },
      'spec.successPolicy: Invalid value: batch.SuccessPolicy{…}: requires indexed completion mode',
    ],
    [
      { 'spec.completionMode': 'Indexed', 'spec.completions': 5, 'spec.successPolicy': {} },
      'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
    ],
    [
      { 'spec.completionMode': 'Indexed', 'spec.completions': 5, 'spec.successPolicy': { rules: [{}] } },
      'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededCount: -1 }] },
      },
      'spec.successPolicy.rules[0].succeededCount: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededCount: 9 }] },
      },
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 5 (the number of specified completions)',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '0-2,2' }] },
      },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-2,2": error parsing succeededIndexes: non-increasing order, previous: 2, current: 2',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: 'a' }] },
      },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '1-2-3' }] },
      },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-2-3": error parsing succeededIndexes: the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '7' }] },
      },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "7": error parsing succeededIndexes: too large index: "7"',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '0,2-3', succeededCount: 4 }] },
      },
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '3-1' }] },
      },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3-1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1',
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': { rules: [{ succeededIndexes: '0,2-4', succeededCount: 2 }] },
      },
    ],
    [
      {
        'spec.completionMode': 'Indexed',
        'spec.completions': 5,
        'spec.successPolicy': {
          rules: [
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
            { succeededCount: 1 },
          ],
        },
      },
      'spec.successPolicy.rules: Too many: 21: must have at most 20 items',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [{}] } },
      'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [{ action: 'Other', onPodConditions: [{ type: 'Ready' }] }] } },
      'spec.podFailurePolicy.rules[0].action: Unsupported value: "Other": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [{ action: 'FailIndex', onPodConditions: [{ type: 'Ready' }] }] } },
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Ignore', onPodConditions: [{ type: 'a b', status: 'Maybe' }] }],
        },
      },
      "spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [0] } }],
        },
      },
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Ignore', onExitCodes: { operator: 'Is', values: [3, 1, 1] } }],
        },
      },
      'spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 1',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{3, 1, 1}: must be ordered',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [{ action: 'Count', onExitCodes: { values: [1] } }] } },
      'spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Count', onExitCodes: { operator: 'NotIn', values: [] } }],
        },
      },
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{}: at least one value is required',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Count', onExitCodes: { operator: 'In', containerName: 'other', values: [1] } }],
        },
      },
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [
            {
              action: 'Count',
              onExitCodes: { operator: 'In', values: [1] },
              onPodConditions: [{ type: 'Ready', status: 'True' }],
            },
          ],
        },
      },
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
    ],
    [
      {
        'spec.podFailurePolicy': {
          rules: [
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
            { action: 'Count', onExitCodes: { operator: 'In', values: [1] } },
          ],
        },
      },
      'spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [] }, 'spec.podReplacementPolicy': 'TerminatingOrFailed' },
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
    [
      { 'spec.podFailurePolicy': { rules: [] }, 'spec.template.spec.restartPolicy': 'OnFailure' },
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  ],
  changes: [
    [{ 'spec.parallelism': 3 }],
    [{ 'spec.suspend': true }],
    [{ 'spec.backoffLimit': 2 }],
    [{ 'spec.activeDeadlineSeconds': 3 }],
    [{ 'spec.ttlSecondsAfterFinished': 3 }],
    [{ 'metadata.labels': { a: 'b' } }],
    [{ 'spec.completions': 2 }, 'spec.completions: Invalid value: 2: field is immutable'],
    [
      { 'spec.completionMode': 'Indexed' },
      'spec.completionMode: Invalid value: "Indexed": field is immutable',
    ],
    [{ 'spec.managedBy': 'a.b/c' }, 'spec.managedBy: Invalid value: "a.b/c": field is immutable'],
    [
      { 'spec.backoffLimitPerIndex': 1 },
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
      'spec.backoffLimitPerIndex: Invalid value: 1: field is immutable',
    ],
  ],
  statuses: [
    [{ 'status.active': 1 }],
    [{ 'status.active': -1 }, 'status.active: Invalid value: -1: must be greater than or equal to 0'],
    [
      { 'status.succeeded': -1 },
      'status.succeeded: Invalid value: -1: must be greater than or equal to 0',
      'status.succeeded: Invalid value: -1: cannot decrease the succeeded counter',
    ],
    [
      { 'status.failed': -1 },
      'status.failed: Invalid value: -1: must be greater than or equal to 0',
      'status.failed: Invalid value: -1: cannot decrease the failed counter',
    ],
    [{ 'status.ready': -1 }, 'status.ready: Invalid value: -1: must be greater than or equal to 0'],
    [{ 'status.ready': 1 }, 'status.ready: Invalid value: 1: cannot set more ready pods than active'],
    [
      { 'status.terminating': -1 },
      'status.terminating: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.uncountedTerminatedPods': { succeeded: ['a', 'a', ''], failed: ['a'] } },
      'status.uncountedTerminatedPods.succeeded[1]: Duplicate value: "a"',
      'status.uncountedTerminatedPods.succeeded[2]: Invalid value: "": must not be empty',
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
    [
      { 'status.conditions': [{ type: 'Complete', status: 'True' }] },
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.startTime: Required value: startTime is required for finished job',
    ],
    [
      { 'status.conditions': [{ type: 'Failed', status: 'True' }] },
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
      'status.startTime: Required value: startTime is required for finished job',
    ],
    [
      {
        'status.conditions': [
          { type: 'Complete', status: 'True' },
          { type: 'Failed', status: 'True' },
          { type: 'FailureTarget', status: 'True' },
          { type: 'SuccessCriteriaMet', status: 'True' },
        ],
      },
      'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions',
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.startTime: Required value: startTime is required for finished job',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
    [
      { 'status.completionTime': '2026-01-02T00:00:00Z' },
      'status.completionTime: Invalid value: 2026-01-02 00:00:00 +0000 UTC: cannot set completionTime when there is no Complete=True condition',
    ],
    [
      {
        'status.startTime': '2026-01-03T00:00:00Z',
        'status.completionTime': '2026-01-02T00:00:00Z',
        'status.conditions': [
          { type: 'Complete', status: 'True' },
          { type: 'SuccessCriteriaMet', status: 'True' },
        ],
      },
      'status.completionTime: Invalid value: 2026-01-02 00:00:00 +0000 UTC: completionTime cannot be set before startTime',
    ],
    [
      {
        'status.startTime': '2026-01-01T00:00:00Z',
        'status.completionTime': '2026-01-02T00:00:00Z',
        'status.conditions': [
          { type: 'Complete', status: 'True' },
          { type: 'SuccessCriteriaMet', status: 'True' },
        ],
        'status.active': 1,
        'status.terminating': 1,
      },
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.terminating: Invalid value: 1: terminating>0 is invalid for finished job',
    ],
    [
      { 'status.completedIndexes': '0' },
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
    ],
    [
      { 'status.failedIndexes': '0' },
      'status.failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ],
    [
      { 'status.completedIndexes': '0', 'status.failedIndexes': '0' },
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      'status.failedIndexes: Invalid value: "0": failedIndexes and completedIndexes overlap at index: 0',
    ],
  ],
};
