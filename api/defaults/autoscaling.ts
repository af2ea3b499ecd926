import { cpuUtilizationByDefault, toAutoscalerV1, toAutoscalerV2 } from '../autoscalers.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerV1,
  HPAScalingRules,
  MetricSpec,
} from '../types.ts';

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
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilizationByDefault } },
});

/** The older form, by way of the newer one: what is asked for by annotations counts too. */
export function defaultAutoscalerV1(autoscaler: HorizontalPodAutoscalerV1): HorizontalPodAutoscalerV1 {
  return toAutoscalerV1(defaultAutoscaler(toAutoscalerV2(autoscaler)));
}

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
