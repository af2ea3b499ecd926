import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { requirementsOf, selects } from '../selectors.ts';
import type { LabelSelector, PodTemplateSpec, ReplicaSet } from '../types.ts';
import { validateLabelSelector } from './label-selector.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { immutable, notNegative } from './rules.ts';

export function validateReplicaSet({ spec }: ReplicaSet, old?: ReplicaSet): FieldError[] {
  if (!spec) return [required('spec')];
  return [
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateWorkloadSelector('replicaset', spec.selector, spec.template),
    ...validatePodTemplate('spec.template', spec.template, 'ReplicaSet'),
    ...(old ? immutable('spec.selector', spec.selector, old.spec?.selector) : []),
  ];
}

/** A workload's selector: there, not empty, and true of the pods that its own template makes. */
export function validateWorkloadSelector(
  owner: string,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  if (!selector) return [required('spec.selector')];
  const errors = validateLabelSelector('spec.selector', selector);
  if (requirementsOf(selector).length === 0)
    errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${owner}`));
  else if (errors.length === 0 && !selects(selector, template?.metadata?.labels))
    errors.push(
      invalidValue(
        child('spec.template.metadata', 'labels'),
        template?.metadata?.labels ?? {},
        '`selector` does not match template `labels`',
      ),
    );
  return errors;
}
