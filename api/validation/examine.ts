import { applyDefaults } from '../defaults/defaults.ts';
import type { FieldError } from '../field-errors.ts';
import { isWithin } from '../field-path.ts';
import type { Kind } from '../kinds.ts';
import { normalize } from '../normalize.ts';
import { isPlainObject } from '../plain-objects.ts';
import { decodeStrict } from './decode.ts';
import { judgesWhatIsMissing, validate } from './validation.ts';

/** An object as it would be stored, and all that is wrong with it. */
export interface Examined<T> {
  /** In its stored form, with defaults. Only of use where `errors` is empty. */
  object: T;
  errors: FieldError[];
}

/**
 * All that can be said of a value that wants to be an object of this kind, in one go: decoded strictly, put in its
 * stored form, given its defaults, validated. What is wrong in the decoding is not said again by the validation. Whether
 * the value's own `kind` is this one is for the caller to see.
 */
export function examine<T extends object>(kind: Kind, value: unknown, old?: object): Examined<T> {
  const isLeftToRules = judgesWhatIsMissing(kind);
  const errors = decodeStrict(kind, value).filter(
    ({ type }) => !isLeftToRules || type !== 'FieldValueRequired',
  );
  if (!isPlainObject(value)) return { object: {} as T, errors };
  const typed = { apiVersion: kind.apiVersion, kind: kind.kind, ...value };
  const object = applyDefaults({
    ...normalize(kind, typed),
    apiVersion: kind.apiVersion,
    kind: kind.kind,
  }) as unknown as T;
  const said = errors.map(({ field }) => field);
  for (const error of validate(kind, object, old))
    if (!said.some((field) => isWithin(error.field, field))) errors.push(error);
  return { object, errors };
}
