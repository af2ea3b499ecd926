import { badRequest, refusal, undecodable } from '../../../api/errors.ts';
import { fieldErrorText } from '../../../api/field-errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { normalize } from '../../../api/normalize.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { validate } from '../../../api/validation/validation.ts';
import type { Resource } from './metadata.ts';

/** What becomes of a field that the schema does not know: refused, dropped with a warning, or dropped. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/**
 * A body as an object of `kind`. Wrong types are always refused, by their field's name; unknown fields as `fieldValidation`
 * says. Missing fields are left to `refuseInvalid`, after the defaults are in.
 *
 * @throws ApiError (bad request) naming every field
 */
export function decode(
  kind: Kind,
  value: unknown,
  fieldValidation: FieldValidation,
  warn: (text: string) => void,
): Resource {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`the body of the request is not a ${kind.kind}: it must be one object`);
  const object = value as Resource;
  if (object.kind !== undefined && object.kind !== kind.kind)
    throw badRequest(
      `the kind in the data (${String(object.kind)}) does not match the expected kind (${kind.kind})`,
    );
  if (object.apiVersion !== undefined && object.apiVersion !== kind.apiVersion)
    throw badRequest(
      `the API version in the data (${String(object.apiVersion)}) does not match the expected API version (${kind.apiVersion})`,
    );
  const whole: Resource = { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
  const errors = decodeStrict(kind, whole).filter(({ type }) => type !== 'FieldValueRequired');
  const unknown = errors.filter(({ type }) => type === 'UnknownField');
  const wrong = errors.filter(({ type }) => type !== 'UnknownField');
  if (fieldValidation === 'Strict' && errors.length > 0) throw undecodable(kind, errors);
  if (wrong.length > 0) throw undecodable(kind, wrong);
  if (fieldValidation === 'Warn') for (const error of unknown) warn(fieldErrorText(error));
  return normalize(kind, whole);
}

/** @throws ApiError (invalid) with a cause for each field that is missing, or cannot be what it is */
export function refuseInvalid(kind: Kind, object: Resource, old?: Resource): void {
  const missing = decodeStrict(kind, object).filter(({ type }) => type === 'FieldValueRequired');
  const invalid = validate(kind, object, old);
  const error = refusal(kind, object.metadata?.name ?? '', [
    ...missing.filter(({ field }) => !invalid.some((each) => each.field === field)),
    ...invalid,
  ]);
  if (error) throw error;
}
