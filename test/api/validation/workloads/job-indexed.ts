import type { SpoiltTable } from './spoilt.ts';

export const indexedJobs: SpoiltTable = {
  collection: '/apis/batch/v1/namespaces/default/jobs',
  good: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      completionMode: 'Indexed',
      completions: 5,
      parallelism: 5,
      backoffLimitPerIndex: 1,
      successPolicy: { rules: [{ succeededCount: 1 }] },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }], restartPolicy: 'Never' },
      },
    },
  },
  begin: { startTime: '2026-01-01T00:00:00Z', succeeded: 2, completedIndexes: '0,1' },
  spoilt: [],
  changes: [
    [
      { 'spec.completions': 3 },
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ],
    [{ 'spec.completions': 3, 'spec.parallelism': 3 }],
    [
      { 'spec.completionMode': 'NonIndexed' },
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
      'spec.successPolicy: Invalid value: batch.SuccessPolicy{…}: requires indexed completion mode',
      'spec.completionMode: Invalid value: "NonIndexed": field is immutable',
    ],
    [{ 'spec.successPolicy': undefined }, 'spec.successPolicy: Invalid value: "null": field is immutable'],
    [{ 'spec.backoffLimitPerIndex': 2 }, 'spec.backoffLimitPerIndex: Invalid value: 2: field is immutable'],
    [
      { 'spec.backoffLimitPerIndex': undefined },
      'spec.backoffLimitPerIndex: Invalid value: "null": field is immutable',
    ],
  ],
  statuses: [
    [{ 'status.succeeded': 1 }],
    [{ 'status.completedIndexes': '0-2' }],
    [
      { 'status.completedIndexes': '2,1' },
      'status.completedIndexes: Invalid value: "2,1": error parsing completedIndexes: non-increasing order, previous: 2, current: 1',
    ],
    [
      { 'status.completedIndexes': '5' },
      'status.completedIndexes: Invalid value: "5": error parsing completedIndexes: too large index: "5"',
    ],
    [{ 'status.failedIndexes': '3-4' }],
    [
      { 'status.failedIndexes': '1-2' },
      'status.failedIndexes: Invalid value: "1-2": failedIndexes and completedIndexes overlap at index: 1',
    ],
    [
      { 'status.failedIndexes': 'x' },
      'status.failedIndexes: Invalid value: "x": error parsing failedIndexes: cannot convert string to integer for index: "x"',
    ],
    [
      { 'status.startTime': undefined },
      'status.startTime: Required value: startTime cannot be removed for unsuspended job',
    ],
    [
      {
        'status.conditions': [{ type: 'Complete', status: 'True' }],
        'status.completionTime': '2026-01-02T00:00:00Z',
      },
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.conditions: Invalid value: cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
    [
      {
        'status.conditions': [
          { type: 'FailureTarget', status: 'True' },
          { type: 'SuccessCriteriaMet', status: 'True' },
        ],
      },
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
  ],
};
