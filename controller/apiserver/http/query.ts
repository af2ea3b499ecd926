import { badRequest, refusal } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type { DeleteOptions as WireDeleteOptions } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import type { ListQuery } from '../resources/reader.ts';
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

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') || 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: ` +
      `must be 'Metadata', 'Object', 'None', or empty`,
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

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: must be a whole number`);
  return Number(text);
}
