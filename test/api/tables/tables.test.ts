import assert from 'node:assert/strict';
import { kinds } from '../../../api/kinds.ts';
import { humanDuration, tableOf } from '../../../api/tables/tables.ts';
import { someDeployment, somePod, someService } from '../objects.ts';

const now = new Date('2026-11-20T12:00:00Z');
const born = { creationTimestamp: '2026-11-20T11:55:30Z' };
/** Title and cell of each column, wide ones marked. */
const told = (kind: string, object: object) => {
  const { columnDefinitions, rows } = tableOf(kind, [object], { now });
  return columnDefinitions.map(({ name, priority }, index) => [
    `${name}${priority ? '+' : ''}`,
    rows[0]!.cells[index],
  ]);
};

describe('how long something took', () => {
  it('is told as kubectl tells it', () => {
    const second = 1000;
    const [minute, hour, day] = [60 * second, 3600 * second, 24 * 3600 * second];
    const cases: [number, string][] = [
      [-3 * second, '<invalid>'],
      [-1 * second, '0s'],
      [0, '0s'],
      [119 * second, '119s'],
      [2 * minute, '2m'],
      [150 * second, '2m30s'],
      [10 * minute + 5 * second, '10m'],
      [3 * hour, '3h'],
      [3 * hour + 5 * minute, '3h5m'],
      [8 * hour + 5 * minute, '8h'],
      [47 * hour, '47h'],
      [2 * day, '2d'],
      [2 * day + hour, '2d1h'],
      [8 * day + hour, '8d'],
      [2 * 365 * day + 5 * day, '2y5d'],
      [9 * 365 * day, '9y'],
    ];
    for (const [ms, text] of cases) assert.equal(humanDuration(ms), text);
  });
});

describe('tables', () => {
  it('show a pod as kubectl does, wide and narrow', () => {
    const pod = somePod({ nodeName: 'attic' });
    pod.metadata = { ...pod.metadata, ...born };
    const lastState = { terminated: { exitCode: 1, finishedAt: '2026-11-20T11:59:00Z' } };
    pod.status = {
      phase: 'Running',
      podIP: '10.244.1.7',
      containerStatuses: [
        {
          name: 'web',
          image: '',
          imageID: '',
          ready: true,
          restartCount: 3,
          state: { running: {} },
          lastState,
        },
      ],
    };
    assert.deepEqual(told('Pod', pod), [
      ['Name', 'web'],
      ['Ready', '1/1'],
      ['Status', 'Running'],
      ['Restarts', '3 (60s ago)'],
      ['Age', '4m30s'],
      ['IP+', '10.244.1.7'],
      ['Node+', 'attic'],
      ['Nominated Node+', '<none>'],
      ['Readiness Gates+', '<none>'],
    ]);
  });

  it('show workloads and services', () => {
    const deployment = {
      ...someDeployment(),
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 },
    };
    deployment.spec.replicas = 3;
    assert.deepEqual(
      told('Deployment', deployment).map(([, cell]) => cell),
      ['web', '2/3', 3, 2, '<unknown>', 'web', 'hello:1', 'app=web'],
    );
    const service = someService({
      type: 'ClusterIP',
      clusterIP: '10.96.0.7',
      ports: [{ port: 80 }, { port: 443 }],
    });
    assert.deepEqual(
      told('Service', service).map(([, cell]) => cell),
      ['web', 'ClusterIP', '10.96.0.7', '<none>', '80/TCP,443/TCP', '<unknown>', 'app=web'],
    );
    const endpoints = ['1', '2', '3', '4'].map((last) => ({ addresses: [`10.0.0.${last}`] }));
    assert.deepEqual(
      told('EndpointSlice', { addressType: 'IPv4', ports: [{ port: 80 }], endpoints }).map(
        ([, cell]) => cell,
      ),
      ['', 'IPv4', '80', '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...', '<unknown>'],
    );
  });

  it('show nodes and events', () => {
    const node = {
      metadata: { name: 'attic', labels: { 'node-role.kubernetes.io/home': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }], nodeInfo: { kubeletVersion: 'v1.34.0' } },
    };
    assert.deepEqual(
      told('Node', node)
        .slice(0, 5)
        .map(([, cell]) => cell),
      ['attic', 'NotReady,SchedulingDisabled', 'home', '<unknown>', 'v1.34.0'],
    );
    const event = {
      metadata: { name: 'e' },
      type: 'Warning',
      reason: 'Failed',
      message: 'no ',
      involvedObject: { kind: 'Pod', name: 'web' },
      lastTimestamp: '2026-11-20T11:59:50Z',
      source: { component: 'agent', host: 'attic' },
    };
    assert.deepEqual(
      told('Event', event).map(([, cell]) => cell),
      ['10s', 'Warning', 'Failed', 'pod/web', '', 'agent, attic', 'no', '<unknown>', 1, 'e'],
    );
  });

  it('have a column for the name of every kind, and survive an empty object', () => {
    for (const kind of kinds) {
      const { columnDefinitions, rows } = tableOf(kind, [{ involvedObject: {} }], { now });
      assert.ok(
        columnDefinitions.some(({ name }) => name === 'Name'),
        kind.kind,
      );
      assert.equal(rows[0]!.cells.length, columnDefinitions.length);
    }
  });

  it('carry of each object what the request asks for', () => {
    const row = (includeObject?: 'None' | 'Metadata' | 'Object') =>
      tableOf('Pod', [somePod()], { now, includeObject }).rows[0]!.object as {
        kind?: string;
        spec?: object;
      } | null;
    assert.equal(row()!.kind, 'PartialObjectMetadata');
    assert.equal(row()!.spec, undefined);
    assert.ok(row('Object')!.spec);
    assert.equal(row('None'), null);
  });
});
