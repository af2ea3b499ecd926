import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../types.ts';
import { labelValue, qualifiedName } from './names.ts';
import { validateLabels } from './metadata.ts';
import { named, oneOf } from './rules.ts';

export function validateLabelSelector(field: string, selector: LabelSelector | undefined): FieldError[] {
  return [
    ...validateLabels(child(field, 'matchLabels'), selector?.matchLabels),
    ...(selector?.matchExpressions ?? []).flatMap((each, index) =>
      validateExpression(at(child(field, 'matchExpressions'), index), each),
    ),
  ];
}

function validateExpression(
  field: string,
  { key, operator, values }: LabelSelectorRequirement,
): FieldError[] {
  const listed = child(field, 'values');
  const errors = [
    ...oneOf(child(field, 'operator'), operator, ['DoesNotExist', 'Exists', 'In', 'NotIn']).map((error) =>
      invalidValue(error.field, operator, 'not a valid selector operator'),
    ),
    ...named(child(field, 'key'), key, qualifiedName),
    ...(values ?? []).flatMap((value, index) => named(at(listed, index), value, labelValue)),
  ];
  if ((operator === 'In' || operator === 'NotIn') && !values?.length)
    errors.push(required(listed, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values?.length)
    errors.push(forbiddenField(listed, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  return errors;
}
