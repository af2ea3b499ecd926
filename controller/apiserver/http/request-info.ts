import { noSuchMethod, noSuchResource } from '../../../api/errors.ts';
import type { Kind, KindSet } from '../../../api/kinds.ts';
import type { Verb } from '../auth/rule.ts';
import { proxiedPath } from './proxied-path.ts';
import { subresourceVerbs, verbsOf } from './verbs.ts';

/** What a request under `/api` or `/apis` is about. */
export interface RequestInfo {
  verb: Verb;
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** Longer names than any that validation lets in. */
const segmentCharactersMax = 253;

/**
 * Reads `/apis/apps/v1/namespaces/default/deployments/hello/scale`.
 *
 * @throws ApiError (not found) for a path that names nothing kith serves, (method not allowed) for what cannot be done there
 */
export function requestInfo(
  method: string,
  path: string,
  query: URLSearchParams,
  kinds: KindSet,
): RequestInfo {
  const proxied = proxiedPath(path);
  const segments = (proxied?.base ?? path).replace(/\/$/, '').split('/').slice(1).map(decodeSegment);
  const isCore = segments[0] === 'api';
  const [group, version, ...rest] = isCore ? ['', ...segments.slice(1)] : segments.slice(1);
  let namespace: string | undefined;
  let parts = rest;
  // `/namespaces/x` is the Namespace itself; `/namespaces/x/pods` what lies in it, and `status` and `finalize` are no kinds.
  if (rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') {
    namespace = rest[1]!;
    parts = rest.slice(2);
  }
  const [plural, name, subresource, ...more] = parts;
  const kind = plural ? kinds.at(group!, version ?? '', plural) : undefined;
  if (!kind || more.length > 0 || segments.includes('')) throw noSuchResource();
  if (namespace !== undefined && !kind.namespaced) throw noSuchResource();
  if (name !== undefined && kind.namespaced && namespace === undefined) throw noSuchResource();
  if (subresource !== undefined && !kind.subresources.includes(subresource)) throw noSuchResource();
  // HEAD is for the app to answer, and asks for no more than GET.
  const verb = verbOf(proxied && method === 'HEAD' ? 'GET' : method, name, query);
  if (!verb || !isServed(verb, { kind, namespace, name, subresource })) throw noSuchMethod();
  return { verb, kind, namespace, name, subresource };
}

/** Whether there is such a route at all: one is not made by its name, nothing is made in all namespaces at once. */
function isServed(verb: Verb, { kind, namespace, name, subresource }: Omit<RequestInfo, 'verb'>): boolean {
  if (subresource !== undefined) {
    const served = subresourceVerbs[subresource];
    return served === undefined || served.includes(verb);
  }
  if (!verbsOf(kind).includes(verb)) return false;
  if (verb === 'create') return name === undefined && (namespace !== undefined || !kind.namespaced);
  if (verb === 'update' || verb === 'patch') return name !== undefined;
  return verb !== 'deletecollection' || !kind.namespaced || namespace !== undefined;
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb | undefined {
  switch (method) {
    case 'GET':
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== '' && value !== 'false' && value !== '0';
}

function decodeSegment(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    if (text.length <= segmentCharactersMax && !text.includes('/') && !text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  throw noSuchResource();
}
