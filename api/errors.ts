import { fieldErrorBody, fieldErrorText, fieldErrorsText } from './field-errors.ts';
import type { FieldError } from './field-errors.ts';
import { kindNamed, qualifiedKind, resourceOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import type { Status, StatusDetails } from './types.ts';

/**
 * A refusal, as the API words and numbers it. `status` is what goes over the wire: a `v1.Status`, in Kubernetes' own
 * words, because clients match on them. Make one by the functions below, ask by `isNotFound(error)` and the like.
 */
export class ApiError extends Error {
  readonly status: Status & { code: number; reason: string; message: string };

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'ApiError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details ? { details } : {}),
      code,
    };
  }

  /** A Status that came over the wire, as the error it was on the other side. */
  static from(status: Status): ApiError {
    return new ApiError(
      status.code ?? 500,
      status.reason ?? 'Unknown',
      status.message ?? `the server answered ${status.code ?? 'a failure'} without a message`,
      status.details,
    );
  }
}

type Named = Kind | string;
const known = (kind: Named): Kind => (typeof kind === 'string' ? kindNamed(kind) : kind);

/** Details name the resource, in the plural, where the object is what is wrong; the kind, where its content is. */
function resourceDetails(kind: Kind, name: string): StatusDetails {
  return { ...(name && { name }), ...(kind.group && { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: Named, name: string): ApiError {
  const found = known(kind);
  return new ApiError(
    404,
    'NotFound',
    `${resourceOf(found)} "${name}" not found`,
    resourceDetails(found, name),
  );
}

/** A path under which nothing is served. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(kind: Named, name: string): ApiError {
  const found = known(kind);
  return new ApiError(
    409,
    'AlreadyExists',
    `${resourceOf(found)} "${name}" already exists`,
    resourceDetails(found, name),
  );
}

/** Someone else wrote first. `why` stands in for the usual reason, such as a precondition that failed. */
export function conflict(
  kind: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): ApiError {
  const found = known(kind);
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceOf(found)} "${name}": ${why}`,
    resourceDetails(found, name),
  );
}

/** The object decodes, and its content cannot be: 422 with a cause per field. */
export function invalid(kind: Named, name: string, errors: readonly FieldError[]): ApiError {
  const found = known(kind);
  const text = errors.length > 0 ? `: ${fieldErrorsText(errors)}` : '';
  return new ApiError(422, 'Invalid', `${qualifiedKind(found)} "${name}" is invalid${text}`, {
    ...(name && { name }),
    ...(found.group && { group: found.group }),
    kind: found.kind,
    causes: errors.map((error) => ({
      reason: error.type,
      message: fieldErrorBody(error),
      field: error.field,
    })),
  });
}

/** The object does not decode (unknown fields, wrong types): 400, as the API server's strict decoder words it. */
export function undecodable(kind: Named, errors: readonly FieldError[]): ApiError {
  const found = known(kind);
  const message =
    `${found.kind} in version "${found.version}" cannot be handled as a ${found.kind}: ` +
    `strict decoding error: ${errors.map(fieldErrorText).join(', ')}`;
  // What is not known is told as Kubernetes tells it. It knows no field of what has a wrong type, and we do.
  if (errors.every(({ type }) => type === 'UnknownField')) return badRequest(message);
  return new ApiError(400, 'BadRequest', message, {
    causes: errors.map((error) => ({
      reason: error.type === 'UnknownField' ? 'FieldValueInvalid' : error.type,
      message: fieldErrorText(error),
      field: error.field,
    })),
  });
}

/** What `decodeStrict` and `validate` found, as the error to throw; undefined where they found nothing. */
export function refusal(kind: Named, name: string, errors: readonly FieldError[]): ApiError | undefined {
  const decoding = errors.filter(({ type }) => type === 'UnknownField' || type === 'FieldValueTypeInvalid');
  if (decoding.length > 0) return undecodable(kind, decoding);
  return errors.length > 0 ? invalid(kind, name, errors) : undefined;
}

export function badRequest(why: string): ApiError {
  return new ApiError(400, 'BadRequest', why);
}

/** The caller is known and may not: `pods "x" is forbidden: …`. */
export function forbidden(kind: Named, name: string, why: string): ApiError {
  const found = known(kind);
  const which = name ? `${resourceOf(found)} "${name}" is` : `${resourceOf(found)} is`;
  return new ApiError(403, 'Forbidden', `${which} forbidden: ${why}`, resourceDetails(found, name));
}

/** The caller is not known. */
export function unauthorized(why = 'Unauthorized'): ApiError {
  return new ApiError(401, 'Unauthorized', why);
}

/** A resource version or continue token from before what is kept: list again. Watches and lists say `Expired`. */
export function gone(why: string, reason: 'Gone' | 'Expired' = 'Expired'): ApiError {
  return new ApiError(410, reason, why);
}

export function tooManyRequests(why: string, retryAfterSeconds = 1): ApiError {
  return new ApiError(429, 'TooManyRequests', why, { retryAfterSeconds });
}

/** A method that is not served under a path that is. */
export function noSuchMethod(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function methodNotAllowed(kind: Named, verb: string): ApiError {
  const found = known(kind);
  return new ApiError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${resourceOf(found)}"`,
    resourceDetails(found, ''),
  );
}

/** @param hint what to write instead, where the answer is not plain from what is accepted */
export function unsupportedMediaType(accepted: readonly string[], hint = ''): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}${hint && `: ${hint}`}`,
  );
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  return new ApiError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${accepted.join(', ')}`,
  );
}

export function tooLarge(bytesMax: number): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bytesMax}`);
}

export function timeout(why: string, retryAfterSeconds = 1): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: ${why}`, { retryAfterSeconds });
}

export function internal(why: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  });
}

/** Not now, or not from here: the link is down, the store is full, the program is stopping. Try again. */
export function unavailable(why: string, retryAfterSeconds?: number): ApiError {
  return new ApiError(
    503,
    'ServiceUnavailable',
    why,
    retryAfterSeconds === undefined ? undefined : { retryAfterSeconds },
  );
}

const has = (error: unknown, ...reasons: string[]): error is ApiError =>
  error instanceof ApiError && reasons.includes(error.status.reason);

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;
export const isNotFound = (error: unknown): error is ApiError => has(error, 'NotFound');
export const isAlreadyExists = (error: unknown): error is ApiError => has(error, 'AlreadyExists');
export const isConflict = (error: unknown): error is ApiError => has(error, 'Conflict');
export const isInvalid = (error: unknown): error is ApiError => has(error, 'Invalid');
export const isBadRequest = (error: unknown): error is ApiError => has(error, 'BadRequest');
export const isForbidden = (error: unknown): error is ApiError => has(error, 'Forbidden');
export const isUnauthorized = (error: unknown): error is ApiError => has(error, 'Unauthorized');
export const isGone = (error: unknown): error is ApiError => has(error, 'Gone', 'Expired');
export const isUnavailable = (error: unknown): error is ApiError =>
  has(error, 'ServiceUnavailable', 'Timeout');
