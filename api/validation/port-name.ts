import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { portNameProblems } from './names.ts';

/** Every fault of a port's name, each by itself. */
export function portNamed(field: string, name: string): FieldError[] {
  return portNameProblems(name).map((problem) => invalidValue(field, name, problem));
}
