import { GoValue } from './go-value.ts';

/** Why a field is refused; the words are Kubernetes' own cause reasons (`Status.details.causes[].reason`). */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotFound'
  /** The schema has no such field. Kubernetes has no cause for it: it is a decoding error. */
  | 'UnknownField';

/** One thing that is wrong with one field of an object. */
export interface FieldError {
  /** `spec.template.spec.containers[0].image`; empty for the whole object. */
  field: string;
  type: FieldErrorType;
  /** The value refused; absent where the message should not repeat it. */
  value?: unknown;
  detail: string;
}

export const required = (field: string, detail = ''): FieldError => ({
  field,
  type: 'FieldValueRequired',
  detail,
});

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  field,
  type: 'FieldValueInvalid',
  value,
  detail,
});

export const wrongType = (field: string, value: unknown, detail: string): FieldError => ({
  field,
  type: 'FieldValueTypeInvalid',
  value,
  detail,
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  field,
  type: 'FieldValueDuplicate',
  value,
  detail: '',
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  field,
  type: 'FieldValueForbidden',
  detail,
});

export const tooLong = (field: string, max: number): FieldError => ({
  field,
  type: 'FieldValueTooLong',
  detail: `may not be more than ${max} bytes`,
});

export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  field,
  type: 'FieldValueTooMany',
  value: actual,
  detail: `must have at most ${max} items`,
});

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  type: 'FieldValueNotSupported',
  value,
  detail: `supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`,
});

export const unknownField = (field: string): FieldError => ({ field, type: 'UnknownField', detail: '' });

const words: Record<FieldErrorType, string> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotFound: 'Not found',
  UnknownField: 'unknown field',
};

const withoutValue = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'UnknownField',
]);

/** A message repeats at most this much of a value: a refused 1 MiB ConfigMap must not come back as a 1 MiB message. */
const valueCharactersMax = 1_000;

/** The error without its field, as Kubernetes writes it: `Invalid value: "x": must be …`. */
export function fieldErrorBody({ type, value, detail }: FieldError): string {
  const head = words[type];
  let shown = '';
  if (!withoutValue.has(type) && value !== undefined) {
    shown = value instanceof GoValue ? value.text : JSON.stringify(value);
    if (shown.length > valueCharactersMax) shown = `${shown.slice(0, valueCharactersMax)}…`;
    shown = `: ${shown}`;
  }
  return `${head}${shown}${detail ? `: ${detail}` : ''}`;
}

/** The whole error: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorText(error: FieldError): string {
  if (error.type === 'UnknownField') return `unknown field ${JSON.stringify(error.field)}`;
  return error.field ? `${error.field}: ${fieldErrorBody(error)}` : fieldErrorBody(error);
}

/** Several errors as one text, each once: one as it is, more in brackets. */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
}
