import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
} from '../types.ts';

/** Kubernetes' own: percent of what the pods request. */
const cpuUtilization = 80;
const periodSeconds = 15;

const scaleUp: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
};

/** How long it waits before it shrinks is the controller's own setting. */
const scaleDown: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds }],
};

const cpuMetric = (): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilization } },
});

export function defaultAutoscaler(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec = {} as HorizontalPodAutoscalerSpec } = autoscaler;
  const { behavior } = spec;
  return {
    ...autoscaler,
    spec: {
      minReplicas: 1,
      ...spec,
      metrics: spec.metrics?.length ? spec.metrics : [cpuMetric()],
      // A behaviour that says anything is filled in whole, in both directions.
      ...(behavior && {
        behavior: {
          scaleUp: { ...structuredClone(scaleUp), ...behavior.scaleUp },
          scaleDown: { ...structuredClone(scaleDown), ...behavior.scaleDown },
        },
      }),
    },
  };
}
