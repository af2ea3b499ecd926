import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { goIntOrString } from '../go-value.ts';
import { notNegative } from './rules.ts';

type IntOrPercent = number | string;

const percent = /^[0-9]+%$/;

/** A count of 0 or more, or a share such as `25%`. */
export function validateIntOrPercent(field: string, value: IntOrPercent): FieldError[] {
  if (typeof value === 'number') return notNegative(field, value);
  return percent.test(value)
    ? []
    : [
        invalidValue(
          field,
          goIntOrString(value),
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
      ];
}

/** No more than all: of a count nobody knows how many all are. */
export function notMoreThanAll(field: string, value: IntOrPercent): FieldError[] {
  return typeof value === 'string' && percent.test(value) && amount(value) > 100
    ? [invalidValue(field, goIntOrString(value), 'must not be greater than 100%')]
    : [];
}

/** The number of either; text that is neither counts as nothing. */
export function amount(value: IntOrPercent): number {
  if (typeof value === 'number') return value;
  return /^[0-9]+%?$/.test(value) ? Number.parseInt(value, 10) : 0;
}
