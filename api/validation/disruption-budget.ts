import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { GoValue } from '../go-value.ts';
import type { PodDisruptionBudget } from '../types.ts';
import { notMoreThanAll, validateIntOrPercent } from './int-or-percent.ts';
import { validateLabelSelector } from './label-selector.ts';
import { oneOf } from './rules.ts';

export function validateDisruptionBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec ?? {};
  const share = (field: string, value: number | string | undefined) =>
    value === undefined ? [] : [...validateIntOrPercent(field, value), ...notMoreThanAll(field, value)];
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [
          invalidValue(
            'spec',
            new GoValue('policy.PodDisruptionBudgetSpec{…}'),
            'minAvailable and maxUnavailable cannot be both set',
          ),
        ]
      : []),
    ...share('spec.minAvailable', minAvailable),
    ...share('spec.maxUnavailable', maxUnavailable),
    ...validateLabelSelector('spec.selector', selector),
    ...oneOf('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, [
      'AlwaysAllow',
      'IfHealthyBudget',
    ]),
  ];
}
