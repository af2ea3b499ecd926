import { badRequest } from '../../../api/errors.ts';
import { fieldErrorsText } from '../../../api/field-errors.ts';
import type { DeleteOptions as WireDeleteOptions } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import type { ListQuery } from '../resources/reader.ts';
import { checkDeleteOptions } from './list-options.ts';
import type { IncludeObject } from './represent.ts';

/** What a list, watch or deletecollection asks for. */
export function listQueryOf(query: URLSearchParams, namespace: string | undefined): ListQuery {
  const text = (name: string) => query.get(name) ?? undefined;
  return {
    namespace,
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    // Fewer than none asks for all.
    limit: Math.max(0, wholeNumber(query, 'limit') ?? 0),
    continue: text('continue') || undefined,
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
  };
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') || 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: ` +
      `must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** DeleteOptions come in the body, or as parameters where there is none. What they hold beyond is left aside, as in Kubernetes. */
export function deleteOptionsOf(body: unknown, query: URLSearchParams): WireDeleteOptions {
  const options = body === undefined ? optionsIn(query) : (body as WireDeleteOptions);
  const errors = decodeStrict('DeleteOptions', options).filter(({ type }) => type !== 'UnknownField');
  if (errors.length > 0)
    throw badRequest(`the body of the request is not DeleteOptions: ${fieldErrorsText(errors)}`);
  checkDeleteOptions(options);
  return known(options);
}

function known(options: WireDeleteOptions): WireDeleteOptions {
  const unknown = decodeStrict('DeleteOptions', options).map(({ field }) => field);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !unknown.includes(name)));
}

function optionsIn(query: URLSearchParams): WireDeleteOptions {
  const options: WireDeleteOptions = {};
  const grace = wholeNumber(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  if (grace !== undefined) options.gracePeriodSeconds = grace;
  if (policy) options.propagationPolicy = policy;
  if (orphan) options.orphanDependents = orphan === 'true';
  return options;
}

/** @throws ApiError (bad request) for what is no number */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[-+]?\d{1,15}$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
