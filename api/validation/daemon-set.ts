import { invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { GoValue, goIntOrString, goLabelSelector } from '../go-value.ts';
import type { DaemonSet, DaemonSetUpdateStrategy } from '../types.ts';
import { amount, notMoreThanAll, validateIntOrPercent } from './int-or-percent.ts';
import { validateLabelSelector } from './label-selector.ts';
import { immutable, notNegative } from './rules.ts';
import { notEmpty, selectsItsTemplate, validateServingTemplate } from './workload.ts';

export function validateDaemonSet({ spec }: DaemonSet, old?: DaemonSet): FieldError[] {
  const { selector, template } = spec ?? {};
  const wrong = validateLabelSelector('spec.selector', selector);
  const errors = [
    ...wrong,
    ...(wrong.length > 0 ? [] : selectsItsTemplate(selector, template)),
    ...notEmpty(selector, 'daemonset'),
    ...validateServingTemplate('spec.template', template, 'DaemonSet'),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateStrategy('spec.updateStrategy', spec?.updateStrategy),
    ...notNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
  ];
  if (!old) return errors;
  // Kubernetes looks at it as new, and once more as changed.
  return [...errors, ...errors, ...immutable('spec.selector', selector, old.spec?.selector, goLabelSelector)];
}

function validateStrategy(
  field: string,
  { type, rollingUpdate }: DaemonSetUpdateStrategy = {},
): FieldError[] {
  const own = child(field, 'rollingUpdate');
  switch (type) {
    case 'OnDelete':
      return [];
    case 'RollingUpdate':
      return rollingUpdate ? validateRollingUpdate(own, rollingUpdate) : [required(own)];
    default:
      return [notSupported(field, strategyText(type, rollingUpdate), ['RollingUpdate', 'OnDelete'])];
  }
}

type RollingUpdate = NonNullable<DaemonSetUpdateStrategy['rollingUpdate']>;

/** A host has one pod of the set: its new one comes either after the old one has gone, or beside it. */
function validateRollingUpdate(
  field: string,
  { maxUnavailable = 1, maxSurge = 0 }: RollingUpdate,
): FieldError[] {
  const [unavailable, surge] = [child(field, 'maxUnavailable'), child(field, 'maxSurge')];
  const [hasUnavailable, hasSurge] = [amount(maxUnavailable) !== 0, amount(maxSurge) !== 0];
  return [
    ...validateIntOrPercent(unavailable, maxUnavailable),
    ...validateIntOrPercent(surge, maxSurge),
    ...notMoreThanAll(unavailable, maxUnavailable),
    ...notMoreThanAll(surge, maxSurge),
    ...(hasUnavailable && hasSurge
      ? [invalidValue(surge, goIntOrString(maxSurge), 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(hasUnavailable || hasSurge ? [] : [required(unavailable, 'cannot be 0 when maxSurge is 0')]),
  ];
}

/** Where the strategy has a rolling update, Kubernetes prints its address in memory, which is worth nothing to anyone. */
function strategyText(type = '', rollingUpdate: RollingUpdate | undefined): GoValue {
  const rest = rollingUpdate ? '…' : '(nil)';
  return new GoValue(
    `apps.DaemonSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDaemonSet)${rest}}`,
  );
}
