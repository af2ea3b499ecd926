import assert from 'node:assert/strict';
import { tableOf } from '../../../api/tables/tables.ts';

const now = new Date('2026-11-20T12:00:00Z');
const metadata = { name: 'web', creationTimestamp: '2026-11-20T11:55:30Z' };
/** Title and cell of each column, wide ones marked. */
const told = (kind: string, object: object) => {
  const { columnDefinitions, rows } = tableOf(kind, [{ metadata, ...object }], { now });
  return columnDefinitions.map(({ name, priority }, index) => [
    `${name}${priority ? '+' : ''}`,
    rows[0]!.cells[index],
  ]);
};
const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      { name: 'a', image: 'x:1' },
      { name: 'b', image: 'y:2' },
    ],
  },
};
const selector = { matchLabels: { app: 'web' } };
const wide = [
  ['Containers+', 'a,b'],
  ['Images+', 'x:1,y:2'],
];

describe('tables of workloads', () => {
  it('show what runs until someone ends it', () => {
    assert.deepEqual(
      told('StatefulSet', { spec: { replicas: 3, selector, template }, status: { readyReplicas: 2 } }),
      [['Name', 'web'], ['Ready', '2/3'], ['Age', '4m30s'], ...wide],
    );
    assert.deepEqual(
      told('DaemonSet', {
        spec: {
          selector,
          template: { ...template, spec: { ...template.spec, nodeSelector: { disk: 'ssd' } } },
        },
        status: {
          desiredNumberScheduled: 4,
          currentNumberScheduled: 3,
          numberReady: 2,
          updatedNumberScheduled: 1,
        },
      }),
      [
        ['Name', 'web'],
        ['Desired', 4],
        ['Current', 3],
        ['Ready', 2],
        ['Up-to-date', 1],
        ['Available', 0],
        ['Node Selector', 'disk=ssd'],
        ['Age', '4m30s'],
        ...wide,
        ['Selector+', 'app=web'],
      ],
    );
    assert.deepEqual(
      told('ReplicationController', {
        spec: { replicas: 2, selector: { app: 'web' }, template },
        status: { replicas: 1 },
      }),
      [
        ['Name', 'web'],
        ['Desired', 2],
        ['Current', 1],
        ['Ready', 0],
        ['Age', '4m30s'],
        ...wide,
        ['Selector+', 'app=web'],
      ],
    );
  });

  it('show how far a Job has come', () => {
    const job = (spec: object, status: object = {}, more: object = {}) =>
      Object.fromEntries(told('Job', { spec: { template, selector, ...spec }, status, ...more })) as Record<
        string,
        unknown
      >;
    const is = (type: string) => [{ type, status: 'True' }];
    assert.equal(job({ completions: 3 }, { succeeded: 1 })['Completions'], '1/3');
    assert.equal(job({ parallelism: 4 })['Completions'], '0/1 of 4');
    assert.equal(job({ parallelism: 1 })['Completions'], '0/1');
    assert.equal(job({})['Status'], 'Running');
    for (const type of ['Complete', 'Failed', 'Suspended', 'FailureTarget'])
      assert.equal(job({}, { conditions: is(type) })['Status'], type);
    assert.equal(job({}, {}, { metadata: { ...metadata, deletionTimestamp: 'x' } })['Status'], 'Terminating');
    assert.equal(job({})['Duration'], '');
    assert.equal(job({}, { startTime: '2026-11-20T11:58:00Z' })['Duration'], '2m');
    assert.equal(
      job({}, { startTime: '2026-11-20T11:58:00Z', completionTime: '2026-11-20T11:58:07Z' })['Duration'],
      '7s',
    );
  });

  it('show when a CronJob is due', () => {
    const spec = {
      schedule: '@daily',
      timeZone: 'Europe/Berlin',
      suspend: true,
      jobTemplate: { spec: { template } },
    };
    assert.deepEqual(
      told('CronJob', { spec, status: { active: [{}], lastScheduleTime: '2026-11-20T11:59:00Z' } }),
      [
        ['Name', 'web'],
        ['Schedule', '@daily'],
        ['Timezone', 'Europe/Berlin'],
        ['Suspend', 'True'],
        ['Active', 1],
        ['Last Schedule', '60s'],
        ['Age', '4m30s'],
        ...wide,
        ['Selector+', '<none>'],
      ],
    );
    assert.deepEqual(told('CronJob', { spec: { schedule: '@daily' } }).slice(2, 6), [
      ['Timezone', '<none>'],
      ['Suspend', '<unset>'],
      ['Active', 0],
      ['Last Schedule', '<none>'],
    ]);
  });

  it('show what an autoscaler aims at, and how much more than fits', () => {
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
    };
    const pods = {
      type: 'Pods',
      pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '10' } },
    };
    const outside = {
      type: 'External',
      external: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '3' } },
    };
    const object = {
      type: 'Object',
      object: { metric: { name: 'x' }, target: { type: 'Value', value: '7' } },
    };
    const targets = (metrics: object[], currentMetrics: object[] = []) =>
      Object.fromEntries(
        told('HorizontalPodAutoscaler', {
          spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 5, metrics },
          status: { currentMetrics, currentReplicas: 2 },
        }),
      ) as Record<string, unknown>;
    assert.equal(targets([cpu])['Targets'], 'cpu: <unknown>/80%');
    assert.equal(
      targets([cpu], [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12 } } }])[
        'Targets'
      ],
      'cpu: 12%/80%',
    );
    assert.equal(targets([pods, outside, object])['Targets'], '<unknown>/10, <unknown>/3 (avg) + 1 more...');
    assert.equal(targets([object, { type: 'Other' }])['Targets'], '<unknown>/7, <unknown type>');
    assert.deepEqual(
      ['Reference', 'MinPods', 'MaxPods', 'Replicas'].map((name) => targets([])[name]),
      ['Deployment/web', '<unset>', 5, 2],
    );
  });

  it('show what they were, what they are made of, and how many may be missed', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true };
    assert.deepEqual(
      told('ControllerRevision', { metadata: { ...metadata, ownerReferences: [owner] }, revision: 3 }),
      [
        ['Name', 'web'],
        ['Controller', 'statefulset.apps/db'],
        ['Revision', 3],
        ['Age', '4m30s'],
      ],
    );
    assert.deepEqual(told('PodTemplate', { template }), [
      ['Name', 'web'],
      ['Containers', 'a,b'],
      ['Images', 'x:1,y:2'],
      ['Pod Labels', 'app=web'],
    ]);
    assert.deepEqual(
      told('PodDisruptionBudget', { spec: { maxUnavailable: '20%' }, status: { disruptionsAllowed: 2 } }),
      [
        ['Name', 'web'],
        ['Min Available', 'N/A'],
        ['Max Unavailable', '20%'],
        ['Allowed Disruptions', 2],
        ['Age', '4m30s'],
      ],
    );
  });
});
