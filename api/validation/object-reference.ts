import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { CrossVersionObjectReference } from '../types.ts';

/** Which object is meant, by its kind and name. */
export function validateReference(
  field: string,
  reference: Partial<CrossVersionObjectReference> = {},
): FieldError[] {
  return (['kind', 'name'] as const).flatMap((part) => {
    const value = reference[part];
    if (!value) return [required(child(field, part))];
    return pathProblems(value).map((problem) => invalidValue(child(field, part), value, problem));
  });
}

/** What is wrong with a name that stands as one step in a URL's path, all of it; empty where nothing is. */
export function pathProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((each) => value.includes(each)).map((each) => `may not contain '${each}'`);
}
