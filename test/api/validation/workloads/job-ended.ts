import type { SpoiltTable } from './spoilt.ts';

export const endedJobs: SpoiltTable = {
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
  begin: {
    startTime: '2026-01-01T00:00:00Z',
    completionTime: '2026-01-02T00:00:00Z',
    succeeded: 1,
    failed: 2,
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True' },
      { type: 'Complete', status: 'True' },
    ],
  },
  spoilt: [],
  changes: [],
  statuses: [
    [{ 'status.ready': 0 }],
    [{ 'status.succeeded': 0 }, 'status.succeeded: Invalid value: 0: cannot decrease the succeeded counter'],
    [{ 'status.failed': 1 }, 'status.failed: Invalid value: 1: cannot decrease the failed counter'],
    [
      { 'status.completionTime': '2026-01-03T00:00:00Z' },
      'status.completionTime: Invalid value: 2026-01-03 00:00:00 +0000 UTC: completionTime cannot be mutated',
    ],
    [
      { 'status.completionTime': undefined },
      'status.completionTime: Required value: completionTime is required for Complete jobs',
    ],
    [
      { 'status.startTime': undefined },
      'status.startTime: Required value: startTime is required for finished job',
      'status.startTime: Required value: startTime cannot be removed for unsuspended job',
    ],
    [
      { 'status.startTime': '2026-01-01T01:00:00Z' },
      'status.startTime: Required value: startTime cannot be removed for unsuspended job',
    ],
    [
      { 'status.conditions': [] },
      'status.completionTime: Invalid value: 2026-01-02 00:00:00 +0000 UTC: cannot set completionTime when there is no Complete=True condition',
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
    [
      { 'status.conditions[1].status': 'False' },
      'status.completionTime: Invalid value: 2026-01-02 00:00:00 +0000 UTC: cannot set completionTime when there is no Complete=True condition',
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    ],
    [
      { 'status.conditions[0].status': 'False' },
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
    [{ 'status.active': 1 }, 'status.active: Invalid value: 1: active>0 is invalid for finished job'],
    [
      { 'status.uncountedTerminatedPods': { failed: ['a'] } },
      'status.uncountedTerminatedPods: Invalid value: batch.UncountedTerminatedPods{Succeeded:[]types.UID(nil), Failed:[]types.UID{"a"}}: uncountedTerminatedPods needs to be empty for finished job',
    ],
    [
      {
        'status.conditions': [
          { type: 'SuccessCriteriaMet', status: 'True' },
          { type: 'Complete', status: 'True' },
          { type: 'Failed', status: 'True' },
        ],
      },
      'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
    ],
  ],
};
