import { toAutoscalerV2 } from '../autoscalers.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { compareQuantities } from '../quantity.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  HPAScalingPolicy,
  HPAScalingRules,
  HorizontalPodAutoscalerSpec,
} from '../types.ts';
import { validateMetric } from './autoscaler-metrics.ts';
import { validateReference } from './object-reference.ts';

/** Kubernetes' own: an hour to think, half an hour to count. */
const windowSecondsMax = 3600;
const periodSecondsMax = 1800;

export function validateAutoscaler(
  { spec }: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): FieldError[] {
  const { minReplicas: min, maxReplicas: max = 0, scaleTargetRef, metrics, behavior } = spec ?? {};
  // Down to nothing is behind a gate in Kubernetes, except where it is so already.
  const least = old?.spec.minReplicas === 0 ? 0 : 1;
  return [
    ...(min !== undefined && min < least
      ? [invalidValue('spec.minReplicas', min, `must be greater than or equal to ${least}`)]
      : []),
    ...(max < 1 ? [invalidValue('spec.maxReplicas', max, 'must be greater than 0')] : []),
    ...(min !== undefined && max < min
      ? [invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...validateReference('spec.scaleTargetRef', scaleTargetRef),
    ...validateMetrics('spec.metrics', metrics, min),
    ...validateRules('spec.behavior.scaleUp', behavior?.scaleUp),
    ...validateRules('spec.behavior.scaleDown', behavior?.scaleDown),
  ];
}

/** The older form is judged as the newer one, in whose words mistakes are named. */
export function validateAutoscalerV1(
  autoscaler: HorizontalPodAutoscalerV1,
  old?: HorizontalPodAutoscalerV1,
): FieldError[] {
  return validateAutoscaler(toAutoscalerV2(autoscaler), old && toAutoscalerV2(old));
}

function validateMetrics(
  field: string,
  metrics: HorizontalPodAutoscalerSpec['metrics'] = [],
  minReplicas: number | undefined,
): FieldError[] {
  const fromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  return [
    ...metrics.flatMap((metric, index) => validateMetric(at(field, index), metric)),
    ...(minReplicas === 0 && !fromOutside
      ? [
          forbiddenField(
            field,
            'must specify at least one Object or External metric to support scaling to zero replicas',
          ),
        ]
      : []),
  ];
}

function validateRules(field: string, rules: HPAScalingRules | undefined): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules;
  const window = child(field, 'stabilizationWindowSeconds');
  const select = ['Disabled', 'Max', 'Min'];
  return [
    ...(seconds < 0 ? [invalidValue(window, seconds, 'must be greater than or equal to zero')] : []),
    ...(seconds > windowSecondsMax
      ? [invalidValue(window, seconds, `must be less than or equal to ${windowSecondsMax}`)]
      : []),
    ...(selectPolicy !== undefined && !select.includes(selectPolicy)
      ? [notSupported(child(field, 'selectPolicy'), selectPolicy, select)]
      : []),
    ...(policies.length === 0
      ? [required(child(field, 'policies'), 'must specify at least one Policy')]
      : []),
    ...policies.flatMap((policy, index) => validatePolicy(at(child(field, 'policies'), index), policy)),
    ...(tolerance !== undefined && compareQuantities(tolerance, 0) < 0
      ? [invalidValue(child(field, 'tolerance'), tolerance, 'must be greater than or equal to 0')]
      : []),
  ];
}

function validatePolicy(field: string, policy: Partial<HPAScalingPolicy>): FieldError[] {
  const { type = '', value = 0, periodSeconds = 0 } = policy;
  const period = child(field, 'periodSeconds');
  const types = ['Percent', 'Pods'];
  return [
    ...(types.includes(type) ? [] : [notSupported(child(field, 'type'), type, types)]),
    ...(value <= 0 ? [invalidValue(child(field, 'value'), value, 'must be greater than zero')] : []),
    ...(periodSeconds <= 0 ? [invalidValue(period, periodSeconds, 'must be greater than zero')] : []),
    ...(periodSeconds > periodSecondsMax
      ? [invalidValue(period, periodSeconds, `must be less than or equal to ${periodSecondsMax}`)]
      : []),
  ];
}
