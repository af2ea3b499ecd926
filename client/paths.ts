import { badRequest } from '../api/errors.ts';
import { kindNamed, kindOf, type Kind } from '../api/kinds.ts';
import type { DeleteOptions, KubeObject, ListOptions, Subresource, WriteOptions } from './client.ts';

/** The kind of that name; a refusal that says what to do where there is none. */
export function knownKind(name: string): Kind {
  try {
    return kindNamed(name);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

/** Subresources whose body is of another kind than the object they belong to. */
const ownerOfSubresource: Partial<Record<Subresource, string>> = { binding: 'Pod', eviction: 'Pod' };

/** Which resource a written object goes to. */
export function kindOfWrite(object: KubeObject, subresource?: Subresource): Kind {
  const owner = subresource && ownerOfSubresource[subresource];
  if (owner) return knownKind(owner);
  if (!object.kind) throw badRequest('the object has no kind: set apiVersion and kind');
  const kind = object.apiVersion ? kindOf(object.apiVersion, object.kind) : knownKind(object.kind);
  if (!kind)
    throw badRequest(`kith serves no ${object.kind} in ${object.apiVersion}: see kubectl api-resources`);
  return kind;
}

/** `/apis/apps/v1/namespaces/default/deployments`, or over all namespaces where `namespace` is undefined. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.plural}`;
}

export function objectPath(
  kind: Kind,
  namespace: string | undefined,
  name: string,
  subresource?: Subresource,
): string {
  if (!name) throw badRequest(`this ${kind.kind} has no metadata.name: name it`);
  const path = `${collectionPath(kind, namespace ?? 'default')}/${encodeURIComponent(name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

export function listQuery(options: ListOptions = {}): Record<string, string> {
  const { labelSelector, fieldSelector, limit, resourceVersion } = options;
  return {
    ...(labelSelector && { labelSelector }),
    ...(fieldSelector && { fieldSelector }),
    ...(limit && { limit: String(limit) }),
    ...(options.continue && { continue: options.continue }),
    ...(resourceVersion && { resourceVersion }),
  };
}

export function writeQuery(options: WriteOptions = {}): Record<string, string> {
  return {
    fieldValidation: options.fieldValidation ?? 'Strict',
    ...(options.fieldManager && { fieldManager: options.fieldManager }),
    ...(options.dryRun && { dryRun: 'All' }),
    ...(options.isNamespaceToCome && { namespaceToCome: 'true' }),
  };
}

/** The DeleteOptions that go into a DELETE's body. */
export function deleteBody(options: DeleteOptions = {}): Record<string, unknown> {
  const { dryRun, ...rest } = options;
  return { apiVersion: 'v1', kind: 'DeleteOptions', ...rest, ...(dryRun && { dryRun: ['All'] }) };
}

export function withQuery(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text ? `${path}?${text}` : path;
}
