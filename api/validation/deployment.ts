import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { Deployment, DeploymentStrategy } from '../types.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { validateWorkloadSelector } from './replica-set.ts';
import { immutable, notNegative, oneOf } from './rules.ts';

export function validateDeployment({ spec }: Deployment, old?: Deployment): FieldError[] {
  if (!spec) return [required('spec')];
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec;
  return [
    ...notNegative('spec.replicas', spec.replicas),
    ...validateWorkloadSelector('deployment', spec.selector, spec.template),
    ...validatePodTemplate('spec.template', spec.template, 'Deployment'),
    ...validateStrategy('spec.strategy', spec.strategy),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...notNegative('spec.progressDeadlineSeconds', deadline),
    ...(deadline !== undefined && deadline <= minReadySeconds
      ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
      : []),
    ...(old ? immutable('spec.selector', spec.selector, old.spec?.selector) : []),
  ];
}

function validateStrategy(field: string, strategy: DeploymentStrategy | undefined): FieldError[] {
  if (!strategy) return [];
  const { type, rollingUpdate } = strategy;
  const own = child(field, 'rollingUpdate');
  if (type === 'Recreate' && rollingUpdate)
    return [forbiddenField(own, "may not be specified when strategy `type` is 'Recreate'")];
  if (type === 'RollingUpdate' && !rollingUpdate)
    return [required(own, 'this should be defaulted and never be nil')];
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {};
  const errors = [
    ...oneOf(child(field, 'type'), type, ['Recreate', 'RollingUpdate']),
    ...validateIntOrPercent(child(own, 'maxUnavailable'), maxUnavailable),
    ...validateIntOrPercent(child(own, 'maxSurge'), maxSurge),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge))
    errors.push(
      invalidValue(child(own, 'maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    );
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100)
    errors.push(invalidValue(child(own, 'maxUnavailable'), maxUnavailable, 'must not be greater than 100%'));
  return errors;
}

function validateIntOrPercent(field: string, value: number | string): FieldError[] {
  if (typeof value === 'number') return notNegative(field, value);
  return /^\d+%$/.test(value)
    ? []
    : [
        invalidValue(
          field,
          value,
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
      ];
}

function isZero(value: number | string): boolean {
  return Number.parseInt(String(value), 10) === 0;
}
