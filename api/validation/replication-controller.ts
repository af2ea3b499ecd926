import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { goMap } from '../go-value.ts';
import type { PodTemplate, ReplicationController } from '../types.ts';
import { validateTemplate } from './pod-spec.ts';
import { notNegative } from './rules.ts';
import { validateServingTemplate } from './workload.ts';

export function validateReplicationController(
  { spec }: ReplicationController,
  old?: ReplicationController,
): FieldError[] {
  const { selector = {}, template } = spec ?? {};
  const isEmpty = Object.keys(selector).length === 0;
  const errors = [
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...(isEmpty ? [required('spec.selector')] : []),
    ...(spec?.replicas === undefined ? [required('spec.replicas')] : []),
    ...notNegative('spec.replicas', spec?.replicas),
    ...(template ? [] : [required('spec.template')]),
    ...(template && !isEmpty && !hasLabels(template.metadata?.labels, selector)
      ? [
          invalidValue(
            'spec.template.metadata.labels',
            goMap(template.metadata?.labels),
            '`selector` does not match template `labels`',
          ),
        ]
      : []),
    ...(template ? validateServingTemplate('spec.template', template, 'ReplicationController') : []),
  ];
  // Kubernetes looks at it as new, and once more as changed.
  return old ? [...errors, ...errors] : errors;
}

function hasLabels(labels: Record<string, string> | undefined, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

export function validatePodTemplateObject({ template }: PodTemplate): FieldError[] {
  return validateTemplate('template', template);
}
