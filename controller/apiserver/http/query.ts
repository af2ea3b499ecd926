import { badRequest, refusal } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type { DeleteOptions as WireDeleteOptions } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import type { FieldValidation } from '../resources/decoding.ts';
import type { ListQuery } from '../resources/reader.ts';
import type { WriteContext } from '../resources/registry.ts';
import type { User } from '../users.ts';
import type { IncludeObject } from './represent.ts';

/** What a list, watch or deletecollection asks for. */
export function listQueryOf(query: URLSearchParams, namespace: string | undefined): ListQuery {
  const text = (name: string) => query.get(name) ?? undefined;
  return {
    namespace,
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    limit: wholeNumber(query, 'limit'),
    continue: text('continue') || undefined,
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
  };
}

export function writeContextOf(query: URLSearchParams, user: User, warnings: string[]): WriteContext {
  const dryRun = isDryRun(query.getAll('dryRun'));
  const isNamespaceToCome = query.get('namespaceToCome') === 'true';
  if (isNamespaceToCome && !dryRun)
    throw badRequest(
      'namespaceToCome: only a dry run may name a namespace that is not there: add dryRun=All',
    );
  return {
    user,
    dryRun,
    isNamespaceToCome,
    fieldValidation: fieldValidationOf(query.get('fieldValidation')),
    warn: (text) => void warnings.push(text),
  };
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `includeObject: Unsupported value: ${JSON.stringify(value)}: supported values: "None", "Metadata", "Object"`,
  );
}

/** DeleteOptions come in the body, or as parameters where there is none. */
export function deleteOptionsOf(body: unknown, query: URLSearchParams): WireDeleteOptions {
  if (body !== undefined) {
    const wrong = refusal(kindNamed('Pod'), '', decodeStrict('DeleteOptions', body));
    if (wrong) throw badRequest(`the body of the request is not DeleteOptions: ${wrong.message}`);
    return body as WireDeleteOptions;
  }
  const options: WireDeleteOptions = {};
  const grace = wholeNumber(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  if (grace !== undefined) options.gracePeriodSeconds = grace;
  if (policy) options.propagationPolicy = policy;
  return options;
}

export function isDryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== 'All');
  if (wrong) throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`);
  return values.length > 0;
}

/** As in Kubernetes, unknown fields are warned of where the caller does not say what it wants. */
function fieldValidationOf(value: string | null): FieldValidation {
  switch (value) {
    case null:
    case '':
    case 'Warn':
      return 'Warn';
    case 'Strict':
    case 'Ignore':
      return value;
    default:
      throw badRequest(
        `fieldValidation: Unsupported value: ${JSON.stringify(value)}: supported values: "Ignore", "Warn", "Strict"`,
      );
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: must be a whole number`);
  return Number(text);
}
