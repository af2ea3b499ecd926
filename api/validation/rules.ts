import { invalidValue, notSupported } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { nothing } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import { isPortNumber, portRange } from './names.ts';
import type { NameRule } from './names.ts';

/** Small rules that many kinds share. Each returns no errors where the value is absent: what must be there says so itself. */

export function named(field: string, value: string | undefined, rule: NameRule): FieldError[] {
  const problem = value === undefined ? undefined : rule(value);
  return problem ? [invalidValue(field, value, problem)] : [];
}

export function notNegative(field: string, value: number | undefined): FieldError[] {
  return atLeast(field, value, 0);
}

export function atLeast(field: string, value: number | undefined, min: number): FieldError[] {
  return value !== undefined && value < min
    ? [invalidValue(field, value, `must be greater than or equal to ${min}`)]
    : [];
}

export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function portNumber(field: string, value: number | undefined): FieldError[] {
  return value === undefined || isPortNumber(value) ? [] : [invalidValue(field, value, portRange)];
}

/** `shown` makes of the value what the message shows, where that is not its JSON. */
export function immutable<T>(
  field: string,
  value: T,
  old: unknown,
  shown: (value: T) => unknown = (each) => each ?? nothing,
): FieldError[] {
  return sameJson(value, old) ? [] : [invalidValue(field, shown(value), 'field is immutable')];
}
