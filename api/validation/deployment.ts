import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { GoValue, goIntOrString, goLabelSelector } from '../go-value.ts';
import type { Deployment, DeploymentStrategy } from '../types.ts';
import { amount, notMoreThanAll, validateIntOrPercent } from './int-or-percent.ts';
import { immutable, notNegative } from './rules.ts';
import { validateSelectorAndTemplate, validateServingTemplate } from './workload.ts';

export function validateDeployment({ spec }: Deployment, old?: Deployment): FieldError[] {
  const { selector, template, minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec ?? {};
  return [
    ...notNegative('spec.replicas', spec?.replicas),
    ...validateSelectorAndTemplate({
      selector,
      template,
      owner: 'deployment',
      unreadable: 'invalid label selector',
      // Kubernetes has this rule from ReplicaSets, and its words too.
      validate: () => validateServingTemplate('spec.template', template, 'ReplicaSet'),
    }),
    ...validateStrategy('spec.strategy', spec?.strategy),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
    ...notNegative('spec.progressDeadlineSeconds', deadline),
    ...(deadline !== undefined && deadline <= minReadySeconds
      ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
      : []),
    ...(old ? immutable('spec.selector', selector, old.spec?.selector, goLabelSelector) : []),
  ];
}

function validateStrategy(field: string, { type, rollingUpdate }: DeploymentStrategy = {}): FieldError[] {
  const own = child(field, 'rollingUpdate');
  switch (type) {
    case 'Recreate':
      return rollingUpdate
        ? [forbiddenField(own, "may not be specified when strategy `type` is 'Recreate'")]
        : [];
    case 'RollingUpdate':
      return rollingUpdate
        ? validateRollingUpdate(own, rollingUpdate)
        : [required(own, 'this should be defaulted and never be nil')];
    default:
      return [notSupported(field, strategyText(type, rollingUpdate), ['Recreate', 'RollingUpdate'])];
  }
}

type RollingUpdate = NonNullable<DeploymentStrategy['rollingUpdate']>;

function validateRollingUpdate(field: string, update: RollingUpdate): FieldError[] {
  const { maxUnavailable = '25%', maxSurge = '25%' } = update;
  const own = child(field, 'maxUnavailable');
  return [
    ...validateIntOrPercent(own, maxUnavailable),
    ...validateIntOrPercent(child(field, 'maxSurge'), maxSurge),
    ...(amount(maxUnavailable) === 0 && amount(maxSurge) === 0
      ? [invalidValue(own, goIntOrString(maxUnavailable), 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...notMoreThanAll(own, maxUnavailable),
  ];
}

/** Where the strategy has a rolling update, Kubernetes prints its address in memory, which is worth nothing to anyone. */
function strategyText(type = '', rollingUpdate: object | undefined): GoValue {
  const rest = rollingUpdate ? '…' : '(nil)';
  return new GoValue(
    `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)${rest}}`,
  );
}
