import { ApiError } from '../../../api/errors.ts';
import type { User } from '../users.ts';
import { resourceText, type Attributes, type PathAttributes } from './rule.ts';

/** Of a namespace's path, what belongs to the namespace itself and is no kind in it. */
const namespaceSubresources = new Set(['status', 'finalize']);

/**
 * What a request wants, read from its path alone, as Kubernetes reads it: rights are asked before anyone looks whether the kind
 * exists. Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
 */
export function attributesOf(
  method: string,
  path: string,
  query: URLSearchParams,
  user: User,
): Attributes | PathAttributes {
  const [prefix, ...parts] = path.split('/').filter(Boolean).map(decoded);
  const isCore = prefix === 'api';
  if ((!isCore && prefix !== 'apis') || parts.length < (isCore ? 2 : 3))
    return { user, verb: method.toLowerCase(), path };
  const group = isCore ? '' : parts[0]!;
  let rest = parts.slice(isCore ? 1 : 2);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1];
    if (rest.length > 2 && !namespaceSubresources.has(rest[2]!)) rest = rest.slice(2);
  }
  const [resource = '', name, subresource] = rest;
  const fieldSelector = query.get('fieldSelector') ?? undefined;
  const verb = verbOf(method, name, query);
  const selected = verb === 'list' || verb === 'watch' ? selectedName(fieldSelector) : undefined;
  return { user, verb, group, resource, subresource, namespace, name: name ?? selected, fieldSelector };
}

export function isPathAttributes(attributes: Attributes | PathAttributes): attributes is PathAttributes {
  return 'path' in attributes;
}

/** In Kubernetes' words; `why` is what the rules said against it. */
export function refusalOf(attributes: Attributes | PathAttributes, why?: string): ApiError {
  const said = `User ${JSON.stringify(attributes.user.name)} cannot ${attributes.verb}`;
  const because = why ? `: ${why}` : '';
  if (isPathAttributes(attributes))
    return new ApiError(
      403,
      'Forbidden',
      `forbidden: ${sanitized(`${said} path ${JSON.stringify(attributes.path)}`)}${because}`,
      {},
    );
  const { group, resource, namespace, name } = attributes;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const what = `resource ${JSON.stringify(resourceText(attributes))} in API group ${JSON.stringify(group)}`;
  const qualified = group ? `${resource}.${group}` : resource;
  const which = name ? `${qualified} ${JSON.stringify(name)} is` : `${qualified} is`;
  return new ApiError(
    403,
    'Forbidden',
    `${which} forbidden: ${sanitized(`${said} ${what} ${where}`)}${because}`,
    { ...(name && { name }), ...(group && { group }), kind: resource },
  );
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name !== undefined) return 'get';
      return ['', '0', 'false'].includes(query.get('watch') ?? '') ? 'list' : 'watch';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      // Such a method means nothing, and no rule gives a right to it.
      return method.toLowerCase();
  }
}

/** Whoever reads one object by selecting its name asks for that one: a right to it by name is enough. What is made is not selected. */
function selectedName(fieldSelector: string | undefined): string | undefined {
  return /^metadata\.name==?([-a-zA-Z0-9.:]+)$/.exec(fieldSelector ?? '')?.[1];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // It names nothing, which is said once the rights are known.
    return part;
  }
}

/** The message may be shown by a browser. */
function sanitized(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
