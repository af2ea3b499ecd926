import { applyDefaults } from '../../../api/defaults/defaults.ts';
import { ApiError, badRequest, invalid, refusal, undecodable } from '../../../api/errors.ts';
import { fieldErrorText, type FieldError } from '../../../api/field-errors.ts';
import { goTypeError } from '../../../api/go-decoding.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { normalize } from '../../../api/normalize.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { storedForm } from '../../../api/stored-form.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { validateStatus } from '../../../api/validation/statuses.ts';
import { judgesWhatIsMissing, refusalsOf, validate } from '../../../api/validation/validation.ts';
import { dropZeros } from '../../../api/zeros.ts';
import { decodeCustom, refuseInvalidCustom, withCustomDefaults } from '../custom/custom-resources.ts';
import type { Resource } from './metadata.ts';
import { withOwnersOnce } from './owner-references.ts';
import { validatePodPart, type PodPart } from './pod-parts.ts';
import { beStrict, invalidPatch, type Strictness } from './strictness.ts';

export type { FieldValidation } from './strictness.ts';

/**
 * A body as an object of `kind`. Wrong types are always refused, by their field's name; unknown fields, and what stands twice, as `how`
 * says. Missing fields are left to `refuseInvalid`, after the defaults are in.
 *
 * @param patched where the object comes of a patch: what is shown of it if it cannot be read
 * @throws ApiError (bad request, or invalid for a patch) naming every field
 */
export function decode(kind: Kind, value: unknown, how: Strictness, patched?: () => string): Resource {
  // Nothing at all is an object without anything, as in Kubernetes.
  if (value === null) return decode(kind, {}, how, patched);
  if (typeof value !== 'object' || Array.isArray(value))
    throw badRequest(`the body of the request is not a ${kind.kind}: it must be one object`);
  const object = value as Resource;
  const other = otherKind(kind, object);
  if (other) throw patched ? invalidPatch(patched(), other) : badRequest(other);
  const whole: Resource = { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
  if (kind.custom)
    return withOwnersOnce(decodeCustom(kind, whole, how, patched), patched !== undefined, how.warn);
  const errors = decodeStrict(kind, whole).filter(({ type }) => type !== 'FieldValueRequired');
  const wrong = errors.filter(({ type }) => type !== 'UnknownField');
  if (wrong.length > 0) throw wrongTypes(kind, whole, wrong, patched);
  beStrict(kind, errors, how, patched);
  const said = normalize(kind, whole);
  dropZeros(kind.apiVersion, kind.kind, said as PlainObject);
  return withOwnersOnce(said, patched !== undefined, how.warn);
}

/** Other types than the schema's: in Go's words, which tell of the first, with a cause for each. */
function wrongTypes(
  kind: Kind,
  object: Resource,
  wrong: readonly FieldError[],
  patched: (() => string) | undefined,
): ApiError {
  const problem = goTypeError(kind.type!, object) ?? wrong.map(fieldErrorText).join(', ');
  if (patched) return invalidPatch(patched(), problem);
  const { details } = undecodable(kind, wrong).status;
  const message = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`;
  return new ApiError(400, 'BadRequest', message, details);
}

function otherKind(expected: Kind, { kind, apiVersion }: Resource): string | undefined {
  if (kind !== undefined && kind !== expected.kind)
    return `the kind in the data (${shown(kind)}) does not match the expected kind (${expected.kind})`;
  if (apiVersion !== undefined && apiVersion !== expected.apiVersion)
    return `the API version in the data (${shown(apiVersion)}) does not match the expected API version (${expected.apiVersion})`;
  return undefined;
}

/** Text as it is; what somebody wrote in its place, as JSON. */
const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The object with the defaults of its kind. */
export function withDefaults(kind: Kind, object: Resource): Resource {
  return kind.custom ? withCustomDefaults(kind, object) : applyDefaults(object);
}

/**
 * With `part`, of an update of that part of a pod alone.
 *
 * @throws ApiError (invalid) with a cause for each field that is missing, or cannot be what it is
 */
export function refuseInvalid(kind: Kind, object: Resource, old?: Resource, part?: PodPart): void {
  if (kind.custom) return refuseInvalidCustom(kind, object, old);
  const missing = judgesWhatIsMissing(kind)
    ? []
    : decodeStrict(kind, object).filter(({ type }) => type === 'FieldValueRequired');
  const judge = (each: Resource) =>
    part && old
      ? [...validatePodPart(part, each, old), ...refusalsOf(kind, each)]
      : validate(kind, each, old);
  const wrong = old ? lasting(kind, object, judge) : judge(object);
  // What metadata lacks is said by its own rules.
  const isSaid = (field: string) =>
    field.startsWith('metadata.') || wrong.some((each) => each.field === field);
  const errors = [...missing.filter(({ field }) => !isSaid(field)), ...wrong];
  // Kubernetes judges Events in their core form, also those of the newer one.
  const judged = kind.type === 'EventsEvent' ? kindNamed('Event') : kind;
  if (errors.length > 0) throw invalid(judged, object.metadata?.name ?? '', errors);
}

/** Of what is said of a change, what holds of the object as it will be stored too: nothing and an empty list are the same in Go. */
function lasting(kind: Kind, object: Resource, judge: (object: Resource) => FieldError[]): FieldError[] {
  const wrong = judge(object);
  const stored = wrong.length > 0 ? storedForm(kind, object) : object;
  if (stored === object) return wrong;
  const still = judge(stored);
  return wrong.filter(({ field, type }) => still.some((each) => each.field === field && each.type === type));
}

/** @throws ApiError (invalid) with a cause for each field of the status that cannot be what it is, or not after `old`'s */
export function refuseInvalidStatus(kind: Kind, object: Resource, old: Resource): Resource {
  if (kind.custom) {
    const whole = withDefaults(kind, object);
    refuseInvalidCustom(kind, whole, old);
    return whole;
  }
  const error = refusal(kind, object.metadata?.name ?? '', validateStatus(kind, object, old));
  if (error) throw error;
  return object;
}
