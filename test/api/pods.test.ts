import assert from 'node:assert/strict';
import { podSummary } from '../../api/pod-summary.ts';
import { isPodReady, podRequests, qosClass } from '../../api/pods.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/types.ts';

const container = (
  name: string,
  requests: Record<string, string> = {},
  rest: Partial<Container> = {},
): Container => ({
  name,
  resources: { requests },
  ...rest,
});
const status = (state: ContainerStatus['state'], rest: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'a',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...rest,
});

describe('what a pod asks for', () => {
  it('is the sum of its containers, in thousandths of cores and in bytes', () => {
    const pod: Pod = {
      spec: { containers: [container('a', { cpu: '0.1', memory: '1Ki' }), container('b', { cpu: '200m' })] },
    };
    assert.deepEqual(podRequests(pod), { cpu: 300, memory: 1024 });
  });

  it('is its hungriest init container where that needs more', () => {
    const pod: Pod = {
      spec: {
        initContainers: [container('i', { cpu: '1' }), container('j', { memory: '1M' })],
        containers: [container('a', { cpu: '100m' })],
      },
    };
    assert.deepEqual(podRequests(pod), { cpu: 1000, memory: 1_000_000 });
  });

  it('counts a sidecar with what starts after it and with what runs', () => {
    const pod: Pod = {
      spec: {
        initContainers: [
          container('before', { cpu: '1' }),
          container('sidecar', { cpu: '500m' }, { restartPolicy: 'Always' }),
          container('after', { cpu: '700m' }),
        ],
        containers: [container('a', { cpu: '600m' })],
        overhead: { cpu: '10m' },
      },
    };
    assert.deepEqual(podRequests(pod), { cpu: 1210 });
  });

  it('decides how readily a node ends it', () => {
    const pod = (resources: Container['resources']): Pod => ({
      spec: { containers: [{ name: 'a', resources }] },
    });
    assert.equal(qosClass(pod({})), 'BestEffort');
    assert.equal(qosClass(pod({ requests: { cpu: '1' } })), 'Burstable');
    assert.equal(qosClass(pod({ limits: { cpu: '1', memory: '1Gi' } })), 'Guaranteed');
  });
});

describe('whether a pod is there for its users', () => {
  const pod: Pod = {
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-20T12:00:00Z' }] },
  };

  it('is told by its condition', () => {
    assert.equal(isPodReady(pod), true);
    assert.equal(isPodReady({}), false);
  });
});

describe("a pod's STATUS", () => {
  const told = (podStatus: PodStatus, pod: Partial<Pod> = {}) =>
    podSummary({ spec: { containers: [{ name: 'a' }] }, ...pod, status: podStatus }).status;

  it('is what kubectl prints', () => {
    const cases: [string, string][] = [
      [told({ phase: 'Pending' }), 'Pending'],
      [told({}), 'Pending'],
      [told({ phase: 'Running', containerStatuses: [status({ running: {} }, { ready: true })] }), 'Running'],
      [
        told({ phase: 'Running', containerStatuses: [status({ waiting: { reason: 'CrashLoopBackOff' } })] }),
        'CrashLoopBackOff',
      ],
      [told({ phase: 'Failed', reason: 'Evicted' }), 'Evicted'],
      [
        told({
          phase: 'Succeeded',
          containerStatuses: [status({ terminated: { exitCode: 0, reason: 'Completed' } })],
        }),
        'Completed',
      ],
      [told({ phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 3 } })] }), 'ExitCode:3'],
      [
        told({ phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 137, signal: 9 } })] }),
        'Signal:9',
      ],
      [
        told(
          { phase: 'Pending', initContainerStatuses: [status({ running: {} })] },
          { spec: { containers: [], initContainers: [{ name: 'a' }] } },
        ),
        'Init:0/1',
      ],
      [
        told({ phase: 'Pending', initContainerStatuses: [status({ waiting: { reason: 'ErrImagePull' } })] }),
        'Init:ErrImagePull',
      ],
      [
        told({ phase: 'Running' }, { metadata: { deletionTimestamp: '2026-11-20T12:00:00Z' } }),
        'Terminating',
      ],
      [
        told(
          { phase: 'Running', reason: 'NodeLost' },
          { metadata: { deletionTimestamp: '2026-11-20T12:00:00Z' } },
        ),
        'Unknown',
      ],
    ];
    for (const [actual, expected] of cases) assert.equal(actual, expected);
  });

  it('comes with how many are ready and how often they were restarted', () => {
    const ended = { terminated: { exitCode: 1, finishedAt: '2026-11-20T12:00:00Z' } };
    const summary = podSummary({
      spec: { containers: [{ name: 'a' }, { name: 'b' }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          status({ running: {} }, { ready: true, restartCount: 2, lastState: ended }),
          status({ waiting: { reason: 'ContainerCreating' } }, { name: 'b' }),
        ],
      },
    });
    assert.deepEqual(summary, {
      status: 'ContainerCreating',
      ready: 1,
      containers: 2,
      restarts: 2,
      lastRestart: '2026-11-20T12:00:00Z',
    });
  });
});
