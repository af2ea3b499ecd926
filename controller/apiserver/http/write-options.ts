import { ApiError, badRequest } from '../../../api/errors.ts';
import {
  fieldErrorBody,
  fieldErrorsText,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  tooLong,
  type FieldError,
} from '../../../api/field-errors.ts';
import type { Verb } from '../auth/rule.ts';
import type { WriteContext } from '../resources/write-context.ts';
import type { FieldValidation } from '../resources/strictness.ts';
import type { User } from '../users.ts';
import type { ApiServerRequest } from './exchange.ts';

/** Kubernetes' limit on the name of a field manager. */
const fieldManagerBytesMax = 128;

/** What Kubernetes calls the options of each verb, which its messages name. */
const optionsKinds: Partial<Record<Verb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
};

/** How a write is meant, from its query and headers. @throws ApiError (invalid) naming every option that cannot be what it is */
export function writeContextOf(
  verb: Verb,
  { headers, user }: Pick<ApiServerRequest, 'headers'> & { user: User },
  query: URLSearchParams,
  warnings: string[],
): WriteContext {
  const isApply = verb === 'patch' && isApplyPatch(headers['content-type']);
  const fieldManager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  const dryRuns = query.getAll('dryRun');
  const options = optionsKinds[verb];
  const isDeletion = options === 'DeleteOptions';
  const errors = [
    ...(isApply && !fieldManager ? [required('fieldManager', 'is required for apply patch')] : []),
    ...(verb === 'patch' && !isApply && query.has('force')
      ? [forbiddenField('force', 'may not be specified for non-apply patch')]
      : []),
    ...(isDeletion ? [] : fieldManagerErrors(fieldManager)),
    ...dryRunErrors(dryRuns),
    ...(isDeletion ? [] : fieldValidationErrors(fieldValidation)),
  ];
  // A list or watch has no use for them, and is not asked.
  if (options && errors.length > 0) throw invalidOptions(options, errors);
  const dryRun = dryRuns.length > 0;
  const isNamespaceToCome = query.get('namespaceToCome') === 'true';
  if (isNamespaceToCome && !dryRun)
    throw badRequest(
      'namespaceToCome: only a dry run may name a namespace that is not there: add dryRun=All',
    );
  return {
    user,
    dryRun,
    isNamespaceToCome,
    // As in Kubernetes, unknown fields are warned of where the caller does not say what it wants.
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
    fieldManager: fieldManager || managerOfAgent(headers['user-agent']),
    force: isApply && isSet(query.get('force')),
    warn: (text) => void (warnings.includes(text) || warnings.push(text)),
  };
}

/** Whether a DELETE is to be tried only, by its options in the body. */
export function isDryRun(values: readonly string[]): boolean {
  const errors = dryRunErrors(values);
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  return values.length > 0;
}

/** Which content type an apply has. */
export function isApplyPatch(contentType: string | undefined): boolean {
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase() === 'application/apply-patch+yaml';
}

/** The first part of a user agent, `kubectl` of `kubectl/v1.33.13 (linux/amd64)`, which is whom its changes are put down to. */
export function managerOfAgent(userAgent: string | undefined): string {
  let name = '';
  for (const letter of (userAgent ?? '').split('/')[0]!) {
    if (!isPrintable(letter)) continue;
    if (Buffer.byteLength(name) + Buffer.byteLength(letter) > fieldManagerBytesMax) break;
    name += letter;
  }
  return name;
}

const isSet = (value: string | null) => value !== null && !['0', 'false'].includes(value.toLowerCase());

/** As Go has it: letters, marks, numbers, signs, and of all spaces only the plain one. */
const isPrintable = (letter: string) => letter === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(letter);

function fieldManagerErrors(name: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(name) > fieldManagerBytesMax)
    errors.push(tooLong('fieldManager', fieldManagerBytesMax));
  const letter = [...name].find((each) => !isPrintable(each));
  if (letter !== undefined) {
    const code = letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const place = Buffer.byteLength(name.slice(0, name.indexOf(letter)));
    errors.push(invalidValue('fieldManager', name, `invalid character U+${code} (at position ${place})`));
  }
  return errors;
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  const shown = values.map((value) => JSON.stringify(value)).join(', ');
  return [
    {
      field: 'dryRun',
      type: 'FieldValueNotSupported',
      detail: `[]string{${shown}}: supported values: "All"`,
    },
  ];
}

const fieldValidations = ['', 'Ignore', 'Strict', 'Warn'];

function fieldValidationErrors(value: string): FieldError[] {
  return fieldValidations.includes(value) ? [] : [notSupported('fieldValidation', value, fieldValidations)];
}

/** A refusal of how a request is meant, not of what it carries. */
export function invalidOptions(kind: string, errors: readonly FieldError[]): ApiError {
  return new ApiError(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${fieldErrorsText(errors)}`, {
    group: 'meta.k8s.io',
    kind,
    causes: errors.map((error) => ({
      reason: error.type,
      message: fieldErrorBody(error),
      field: error.field,
    })),
  });
}
