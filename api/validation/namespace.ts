import type { FieldError } from '../field-errors.ts';
import type { Namespace } from '../types.ts';
import { validateFinalizer } from './metadata.ts';
import { qualifiedName } from './names.ts';
import { named } from './rules.ts';

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidateNamespace */
export function validateNamespace({ spec }: Namespace): FieldError[] {
  const field = 'spec.finalizers';
  return (spec?.finalizers ?? []).flatMap((finalizer) => [
    ...named(field, finalizer, qualifiedName),
    ...validateFinalizer(field, finalizer),
  ]);
}
