import type { FieldError } from '../field-errors.ts';
import { goLabelSelector } from '../go-value.ts';
import type { ReplicaSet } from '../types.ts';
import { immutable, notNegative } from './rules.ts';
import { validateSelectorAndTemplate, validateServingTemplate } from './workload.ts';

export function validateReplicaSet({ spec }: ReplicaSet, old?: ReplicaSet): FieldError[] {
  const { selector, template } = spec ?? {};
  const errors = [
    ...notNegative('spec.replicas', spec?.replicas),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateSelectorAndTemplate({
      selector,
      template,
      // Kubernetes has this rule from Deployments, and its words too.
      owner: 'deployment',
      unreadable: 'invalid label selector',
      validate: () => validateServingTemplate('spec.template', template, 'ReplicaSet'),
    }),
  ];
  if (!old) return errors;
  // Kubernetes looks at it as new, and once more as changed.
  return [...errors, ...errors, ...immutable('spec.selector', selector, old.spec?.selector, goLabelSelector)];
}
