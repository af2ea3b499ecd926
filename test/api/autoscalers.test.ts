import assert from 'node:assert/strict';
import { toAutoscalerV1, toAutoscalerV2 } from '../../api/autoscalers.ts';
import type { HorizontalPodAutoscaler, MetricSpec } from '../../api/types.ts';

const autoscaler = (metrics: MetricSpec[], rest: object = {}): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default', annotations: { mine: 'stays' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 5,
    metrics,
    ...rest,
  },
});
const busy: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};

describe('the two forms of an autoscaler', () => {
  it('say the same of how busy processors should be', () => {
    const older = toAutoscalerV1(autoscaler([busy]));
    assert.deepEqual(older.spec, {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 50,
    });
    assert.deepEqual(older.metadata!.annotations, { mine: 'stays' });
  });

  it('lose nothing on the way there and back, of any kind of metric and of behaviour', () => {
    const metrics: MetricSpec[] = [
      {
        type: 'Resource',
        resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
      },
      {
        type: 'ContainerResource',
        containerResource: {
          name: 'cpu',
          container: 'web',
          target: { type: 'Utilization', averageUtilization: 60 },
        },
      },
      {
        type: 'Pods',
        pods: {
          metric: { name: 'requests', selector: { matchLabels: { a: 'b' } } },
          target: { type: 'AverageValue', averageValue: '10' },
        },
      },
      {
        type: 'Object',
        object: {
          describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
          metric: { name: 'requests' },
          target: { type: 'Value', value: '100' },
        },
      },
      { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } },
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '3' } },
      },
      busy,
    ];
    const behavior = {
      scaleUp: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] },
    };
    const whole = autoscaler(metrics, { behavior });
    assert.deepEqual(toAutoscalerV2(toAutoscalerV1(whole)), whole);
  });

  it('ask for what Kubernetes asks for where nothing is said, also where an annotation cannot be read', () => {
    const older = toAutoscalerV1(autoscaler([busy]));
    delete older.spec.targetCPUUtilizationPercentage;
    older.metadata!.annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '{' };
    const newer = toAutoscalerV2(older);
    assert.deepEqual(newer.spec.metrics?.[0]?.resource?.target, {
      type: 'Utilization',
      averageUtilization: 80,
    });
    assert.equal(newer.metadata!.annotations, undefined);
  });
});
