import { forbiddenField, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { systemPriorityClasses, systemPriorityPrefix, userPriorityMax } from '../priorities.ts';
import type { PriorityClass } from '../types.ts';
import { immutable } from './rules.ts';

/** Source: k8s.io/kubernetes/pkg/apis/scheduling/validation/validation.go */
export function validatePriorityClass(priorityClass: PriorityClass, old?: PriorityClass): FieldError[] {
  const { metadata, value = 0, preemptionPolicy } = priorityClass;
  if (old)
    return [
      ...(value === (old.value ?? 0) ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
      ...immutable('preemptionPolicy', preemptionPolicy, old.preemptionPolicy),
    ];
  const errors: FieldError[] = [];
  if (metadata?.name?.startsWith(systemPriorityPrefix)) {
    const problem = systemClassProblem(priorityClass);
    if (problem)
      errors.push(
        forbiddenField(
          'metadata.name',
          `priority class names with '${systemPriorityPrefix}' prefix are reserved for system use only. error: ${problem}`,
        ),
      );
  } else if (value > userPriorityMax)
    errors.push(
      forbiddenField('value', `maximum allowed value of a user defined priority is ${userPriorityMax}`),
    );
  if (preemptionPolicy === '') errors.push(required('preemptionPolicy'));
  else if (preemptionPolicy !== undefined && !['PreemptLowerPriority', 'Never'].includes(preemptionPolicy))
    errors.push(notSupported('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']));
  return errors;
}

function systemClassProblem({
  metadata,
  value = 0,
  globalDefault = false,
}: PriorityClass): string | undefined {
  const name = metadata?.name ?? '';
  const known = systemPriorityClasses.find((each) => each.name === name);
  if (!known) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
